import { describe, expect, it } from 'vitest';
import type { BusRecord } from '#shared/bus/port.ts';
import { type Converted, toLogDocument } from './log-document.ts';

const now = Date.UTC(2026, 10, 21, 1);

function record(value: string | Buffer | null): BusRecord {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return {
    topic: 'logs.app',
    partition: 0,
    offset: 7,
    key: null,
    value: bytes,
    headers: {},
    timestamp: now - 1,
  };
}

function documentOf(value: string | Buffer): Extract<Converted, { kind: 'document' }> {
  const converted = toLogDocument(record(value), 'app', now);
  if (converted.kind !== 'document') throw new Error(converted.reason);
  return converted;
}

describe('toLogDocument', () => {
  it('leaves the text of an ordinary event as it came', () => {
    const text = '{"n": 12345678901234567890, "@timestamp":"2026-11-21T00:00:00Z","message":"m" }';
    expect(documentOf(text).document).toMatchObject({ type: 'app', json: text });
  });

  it('puts a time in front where there is none, and changes nothing else', () => {
    expect(documentOf('{"n": 12345678901234567890}').document.json).toBe(
      '{"@timestamp":"2026-11-21T00:59:59.999Z","n": 12345678901234567890}',
    );
    expect(documentOf(' { } ').document.json).toBe('{"@timestamp":"2026-11-21T00:59:59.999Z" } ');
  });

  it('keeps what was stated in place of a time', () => {
    const { document } = documentOf(
      '{"@timestamp":"+275760-09-13T00:00:00.000Z","message":"m","__proto__":{"a":1}}',
    );
    expect(document.json).toBe(
      '{"@timestamp":"2026-11-21T00:59:59.999Z","message":"m","__proto__":{"a":1},"logpatrol.timestamp":"\\"+275760-09-13T00:00:00.000Z\\""}',
    );
  });

  it('reduces what is nested beyond reason to its main fields and its text', () => {
    const text = `{"message":"deep","host":{"name":"h"},"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    expect(JSON.parse(documentOf(text).document.json)).toMatchObject({
      message: 'deep',
      host: { name: 'h' },
      event: { original: text },
      tags: ['logpatrol_reduced'],
    });
  });

  it('keeps the same id when it is reduced', () => {
    const converted = documentOf('{"message":"m","":1}');
    const reduced = converted.reduced('an empty name');
    expect(reduced.id).toBe(converted.document.id);
    expect(JSON.parse(reduced.json)).toMatchObject({ message: 'm', error: { message: 'an empty name' } });
  });

  it.each([
    ['no value', null],
    ['no JSON', 'oops {'],
    ['an array', '[{"message":"m"}]'],
    ['a string', '"m"'],
    ['nothing', ''],
    ['binary', Buffer.from([0xff, 0xfe, 0x00])],
  ])('cannot read %s', (_, value) => {
    expect(toLogDocument(record(value), 'app', now).kind).toBe('unreadable');
  });

  it('replaces invalid UTF-8 inside a line', () => {
    const bytes = Buffer.concat([Buffer.from('{"message":"a'), Buffer.from([0xff]), Buffer.from('b"}')]);
    expect(documentOf(bytes).document.json).toContain('a\ufffdb');
  });
});
