import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSynonyms, shownTerm } from './synonyms.ts';
import { piecesOf, termsOfPiece } from './terms.ts';

const synonyms = readSynonyms();
const groupsIn = (text: string): string[] => synonyms.groupsIn(piecesOf(text)).map(shownTerm);
const file = z
  .record(z.string(), z.array(z.coerce.string()))
  .parse(parse(readFileSync(new URL('./synonyms.yaml', import.meta.url), 'utf8')));

describe('groups of synonyms', () => {
  it.each([
    ['qsub 排着不动', 'pbs'],
    ['squeue 里全是 PD', 'slurm'],
    ['ng 报 502', 'reverse-proxy'],
    ['k8s 里 kubectl describe 看了', 'kubernetes'],
    ['GET /_cat/shards?v', 'search-cluster'],
    ['pg_stat_activity 全是 idle', 'postgres'],
    ['redis-cli 进去没法写', 'redis'],
    ['MegaCli64 -PDList -aALL', 'raid'],
    ['zpool status', 'zfs-btrfs'],
    ['ipmitool sel list', 'bmc'],
    ['服务死了', 'crash'],
    ['盘塞满了', 'disk-full'],
    ['数据没地方放了', 'disk-full'],
    ['端口不通', 'cannot-connect'],
    ['网卡掉了', 'gone'],
    ['机器时间偏了三分钟', 'clock'],
    ['堡垒机登不上', 'cannot-log-in'],
    ['提示密码不对', 'no-permission'],
    ['线程拿不到数据库连接', 'no-connection-left'],
  ])('know %s for %s', (text, group) => {
    expect(groupsIn(text)).toContain(group);
  });

  it.each([
    ['显卡和网卡都是新的', ['stuck', 'slow']],
    ['写不进去', ['cannot-log-in']],
    ['running ping against the longest route', ['reverse-proxy', 'postgres']],
  ])('do not take %s for others', (text, groups) => {
    for (const group of groups) expect(groupsIn(text)).not.toContain(group);
  });

  it('have phrases that can be found, each once, and none that is in every text', () => {
    for (const [group, phrases] of Object.entries(file)) {
      expect(new Set(phrases).size, group).toBe(phrases.length);
      for (const phrase of phrases) expect(groupsIn(phrase.replaceAll('*', ' , ')), phrase).toContain(group);
    }
    expect(groupsIn('…')).toEqual([]);
  });
});

describe('words of talk', () => {
  const terms = (text: string): string[] => piecesOf(text).flatMap(termsOfPiece);

  it('are not looked for', () => {
    expect(terms('because she says it shows that, and so it does')).toEqual([]);
    expect(terms('怎么，为什么，突然，一直，总是，没法，用，说，放')).toEqual([]);
  });

  it('are not those of state and negation', () => {
    expect(terms('down')).toEqual(['down']);
    expect(terms('没空间')).toEqual(expect.arrayContaining(['没空', '空间']));
    expect(terms('网络不通')).toEqual(expect.arrayContaining(['网络', '不通']));
  });
});
