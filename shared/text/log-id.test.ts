import { describe, expect, it } from 'vitest';
import type { LogEvent } from '#shared/model/index.ts';
import { logId } from './log-id.ts';

const record = { topic: 'logs.app', partition: 3, offset: 17, value: null };
const elsewhere = { topic: 'logs.app', partition: 0, offset: 99, value: null };

const event: LogEvent = {
  '@timestamp': '2026-11-21T01:00:00.000Z',
  host: { name: 'web-1' },
  log: { offset: 1024, file: { path: '/var/log/app.log' } },
  message: '数据库宕机',
};

describe('logId', () => {
  it('is the same for a line shipped twice, at another time and place in the topic', () => {
    const repeat = {
      message: event.message,
      log: event.log,
      host: event.host,
      '@timestamp': '2026-11-21T01:10:00.000Z',
    };
    expect(logId(repeat, elsewhere)).toBe(logId(event, record));
    expect(logId(event, record)).toMatch(/^[A-Za-z0-9_-]{27}$/);
  });

  it.each<[string, LogEvent]>([
    ['host', { ...event, host: { name: 'web-2' } }],
    ['offset', { ...event, log: { ...event.log, offset: 1025 } }],
    ['path', { ...event, log: { ...event.log, file: { path: '/var/log/other.log' } } }],
    ['line', { ...event, message: '数据库恢复' }],
  ])('differs by %s', (_, other) => {
    expect(logId(other, record)).not.toBe(logId(event, record));
  });

  it('follows a file that was renamed, where the shipper names its inode', () => {
    const at = (path: string, inode: string): LogEvent => ({
      ...event,
      log: { offset: 5, file: { path, inode, device_id: '66305' } },
    });
    expect(logId(at('/var/log/app.log.1', '77'), record)).toBe(logId(at('/var/log/app.log', '77'), record));
    expect(logId(at('/var/log/app.log', '78'), record)).not.toBe(logId(at('/var/log/app.log', '77'), record));
  });

  it('takes the fields for the line where there is no message, whatever their order', () => {
    const base = { host: event.host, log: event.log };
    const one = logId(
      { ...base, level: 'error', order: { id: 1, sum: 2 }, agent: { ephemeral_id: 'a' } },
      record,
    );
    const same = logId(
      { order: { sum: 2, id: 1 }, level: 'error', ...base, agent: { ephemeral_id: 'b' } },
      elsewhere,
    );
    const other = logId({ ...base, level: 'error', order: { id: 2, sum: 1 } }, record);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('uses event.id where there is no file offset, and does not let one line hide another behind it', () => {
    const withId = (message: string): LogEvent => ({
      host: { name: 'bmc-1' },
      event: { id: 'SEL-1' },
      message,
    });
    expect(logId(withId('fan failed'), elsewhere)).toBe(logId(withId('fan failed'), record));
    expect(logId(withId('fan restored'), record)).not.toBe(logId(withId('fan failed'), record));
  });

  it('falls back to the record, and treats values of wrong types as absent', () => {
    const odd: LogEvent = JSON.parse(
      '{"message":"x","log":{"offset":"12"},"host":7,"__proto__":{"host":{"name":"a"}}}',
    );
    expect(logId(odd, record)).toBe(logId(odd, { ...record }));
    expect(logId(odd, record)).not.toBe(logId(odd, elsewhere));
    expect(logId({ message: 'x' }, record)).not.toBe(logId({ message: 'x' }, elsewhere));
  });

  it('survives deep nesting', () => {
    const deep: LogEvent = JSON.parse(
      `{"host":{"name":"a"},"log":{"offset":1,"file":{"path":"/x"}},"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    );
    expect(logId(deep, record)).toHaveLength(27);
  });
});
