import { describe, expect, it } from 'vitest';
import { createDetector } from '#services/analyzer/detect/detector.ts';
import { eventLine, parseEvent } from '#services/analyzer/detect/log-line.ts';
import { loadRules } from '#services/analyzer/detect/rules/index.ts';
import { toLogDocument } from '#services/indexer/log-document.ts';
import type { BusRecord } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { logId } from '#shared/text/log-id.ts';
import { shipped } from '#test/stand-ins/filebeat/index.ts';
import { inputNamed } from './configuration.ts';
import { type Expected, received, samples } from './samples.ts';

const now = Date.UTC(2026, 10, 21, 1, 48);
const host = 'web-1';

let offset = 0;
function record(event: object, type: string): BusRecord {
  offset += 1;
  return {
    ...{ topic: `logs.${type}`, partition: 0, offset, key: null, headers: {}, timestamp: now },
    value: Buffer.from(JSON.stringify(event)),
  };
}

/** Without the line breaks that a container's lines may bring. */
const dense = (text: string) => text.replaceAll(/\n+/g, '\n').replace(/\n$/, '');

function check(event: object, type: string, expected: Expected): void {
  const sent = record(event, type);
  const parsed = parseEvent(sent.value ?? Buffer.alloc(0));
  if (parsed === undefined) throw new Error('not read');
  const line = eventLine(parsed, type, now);
  expect({ ...line, text: dense(line.text) }).toMatchObject({
    ...{ text: expected.text, service: expected.service },
    ...(expected.loggedHost !== undefined && { loggedHost: expected.loggedHost }),
  });
  if (expected.time !== undefined)
    expect(line.time?.time ?? Date.parse(line.shipped ?? '')).toBe(Date.parse(expected.time));
  const converted = toLogDocument(sent, type, now);
  if (converted.kind !== 'document') throw new Error(converted.reason);
  // Detection and the store have one id for the line, and it is not that of the record.
  expect(logId(event, sent)).toBe(converted.document.id);
  const again = {
    ...Object.fromEntries(Object.entries(event).reverse()),
    '@metadata': { beat: 'filebeat', type: '_doc', version: '10.0.0' },
    agent: { ephemeral_id: 'another' },
  };
  const twice = toLogDocument(record(again, type), type, now);
  expect(twice).toMatchObject({ document: { id: converted.document.id } });
}

describe.each(samples)('$name', ({ input: name, path, content, events }) => {
  const input = inputNamed(name);
  const type = input.fields.log_type;

  it.each([true, false])('is read as it was meant, with line breaks of containers: %s', (keepsBreaks) => {
    const sent = shipped(input, content, { host, path, readAt: new Date(now), keepsBreaks });
    expect(sent).toHaveLength(events.length);
    const ids = new Set<string>();
    sent.forEach((event, index) => {
      const expected = events[index];
      if (expected === undefined) throw new Error('too many');
      check(event, type, expected);
      ids.add(logId(event, record(event, type)));
    });
    expect(ids.size).toBe(events.length);
  });

  it('is below the configured limits, with few bytes around the lines', () => {
    for (const event of shipped(input, content, { host, path, readAt: new Date(now) })) {
      const around = JSON.stringify(event).length - JSON.stringify(Object(event).message ?? '').length;
      expect(around).toBeLessThan(400);
    }
  });
});

it.each(received)('what is received by $input is read as it was meant', ({ input, event, expected }) => {
  expect(event).toMatchObject({ fields: inputNamed(input).fields });
  check(event, inputNamed(input).fields.log_type, expected);
});

describe('a trace of a container', async () => {
  const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
  const { domains } = ConfigSchema.parse({});
  const found = samples[0];

  it('is one finding of one fingerprint, however Filebeat ends its lines', () => {
    const fingerprints = [true, false].map((keepsBreaks) => {
      const detector = createDetector({ rules, type: 'app', domains });
      const events = shipped(inputNamed('containers'), found?.content ?? '', {
        ...{ host, path: found?.path ?? '', readAt: new Date(now), keepsBreaks },
      });
      const { signals } = detector.detect(
        events.map((event) => record(event, 'app')),
        now,
      );
      return signals.map((signal) => signal.fingerprint);
    });
    expect(fingerprints[0]).toHaveLength(1);
    expect(fingerprints[0]).toEqual(fingerprints[1]);
  });
});
