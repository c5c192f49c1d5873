import { describe, expect, it } from 'vitest';
import { asserts } from './asserted.ts';

const table: [text: string, term: string, isSaid: boolean][] = [
  ['磁盘写满，MySQL 无法写入', '磁盘', true],
  ['不是磁盘问题', '磁盘', false],
  ['不是网络问题而是磁盘写满', '磁盘', true],
  ['不是网络问题而是磁盘写满', '网络', false],
  ['并非数据库本身的故障，根因是磁盘写满', '数据库本身', false],
  ['与磁盘空间无关', '磁盘', false],
  ['网络正常，磁盘写满', '网络', false],
  ['服务已恢复正常', '恢复', true],
  ['不是因为磁盘写满', '磁盘', false],
  ['连接不是被防火墙拒绝，是因为对端在重启', '重启', true],
  ['没有证据表明是网络故障', '网络', false],
  ['由于磁盘没有空间，写入失败', '空间', true],
  ['检查是不是磁盘满了', '磁盘', true],
  ['先说磁盘，不是磁盘', '磁盘', true],
  ['ＤＮＳ 解析超时', 'dns', true],
  ['无需重启 MySQL', '重启', false],
  ['重启 MySQL', '重启', true],
  ['不要重启，先扩容', '重启', false],
  ['Disk full, so MySQL cannot write', 'disk full', true],
  ['This is not a disk problem', 'disk', false],
  ['DNS times out rather than the network being down', 'network', false],
  ['It is not the network but DNS', 'dns', true],
  ['Could not connect because DNS is down', 'dns', true],
  ['The disk is fine; the clock is off', 'disk', false],
  ['The disk is fine; the clock is off', 'clock', true],
  ['No evidence of a network failure', 'network', false],
  ['手册里说的 fork 失败与日志不符', 'fork 失败', false],
  ['A fork failure does not match the log', 'fork failure', false],
  ['The program failed', 'ram', false],
  ['The pod was restarted', 'restart', true],
  ['No space left on device', 'no space left', true],
  ['latency rose to 1,500 ms', '1,500', true],
];

describe('what a text says', () => {
  it.each(table)('%s: %s %s', (text, term, isSaid) => {
    expect(asserts(text, term)).toBe(isSaid);
  });
});
