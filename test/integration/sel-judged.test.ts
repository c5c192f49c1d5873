import { describe, expect, it } from 'vitest';
import { loadRules } from '#services/analyzer/detect/index.ts';
import { hardwareEventsStage } from '#services/analyzer/hardware/index.ts';
import { decode, toDocuments } from '#services/ipmi/sel/index.ts';
import type { OutRecord, StageTask } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Hit, SelEvent, Signal } from '#shared/model/index.ts';

const config = ConfigSchema.parse({ language: 'en', hardware: { healSeconds: 0 } });
const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const now = Date.UTC(2026, 10, 21);
const signal = new AbortController().signal;

interface Code {
  readonly sensorType: number;
  readonly eventType: number;
  readonly offset: number;
  readonly isAsserted: boolean;
}

/** A record as a BMC keeps it: IPMI 2.0, table 32-1. */
function recordOf({ sensorType, eventType, offset, isAsserted }: Code, id: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(id, 0);
  bytes.writeUInt8(0x02, 2);
  bytes.writeUInt32LE(now / 1000, 3);
  bytes.writeUInt16LE(0x20, 7);
  bytes.writeUInt8(0x04, 9);
  bytes.writeUInt8(sensorType, 10);
  bytes.writeUInt8(sensorType, 11);
  bytes.writeUInt8((isAsserted ? 0 : 0x80) | eventType, 12);
  bytes.writeUInt8(offset, 13);
  return bytes;
}

/** The event as the shipper writes it to the bus. */
function documentOf(bytes: Buffer, host: string): SelEvent {
  const event = {
    kind: 'record' as const,
    id: bytes.readUInt16LE(0),
    decoded: decode(bytes, []),
    time: { at: now, statedMs: now, offsetMs: 0, isPreinit: false, source: 'bmc' as const },
    generation: 0,
    trigger: undefined,
  };
  const read = {
    ...{ server: host, readAt: now, events: [event], position: undefined, info: undefined },
    ...{ clockOffsetMs: 0, isComplete: true, notes: [], trouble: undefined },
  };
  const [document] = toDocuments(read, { name: host, host: '127.0.0.1', hostName: host });
  return SelEvent.parse(document);
}

/** What is told of a machine that logs this event and nothing else. */
async function toldOf(document: SelEvent): Promise<Hit[]> {
  const task: StageTask = stage.task(0);
  const record = {
    ...{ topic: 'logs.ipmi', partition: 0, offset: 0, key: null, headers: {}, timestamp: now },
    value: Buffer.from(JSON.stringify(document)),
  };
  const out: OutRecord[] = [];
  out.push(
    ...(await task.handle({ kind: 'batch', records: [record], caughtUp: true }, { now, signal })).records,
  );
  for (const after of [1000, 2000])
    out.push(...(await task.handle({ kind: 'tick', caughtUp: true }, { now: now + after, signal })).records);
  return out
    .filter(({ topic }) => topic === 'signals')
    .map(({ value }) => Signal.parse(JSON.parse(String(value))))
    .filter((each) => each.kind === 'hit');
}

const stage = hardwareEventsStage({ config, rules });
const types = Array.from({ length: 0x2c }, (_, index) => index + 1);
const codes: Code[] = types.flatMap((sensorType) =>
  [1, 3, 4, 5, 6, 7, 8, 9, 0x0a, 0x0b, 0x6f].flatMap((eventType) =>
    Array.from({ length: 16 }, (_, offset) => offset).flatMap((offset) =>
      [true, false].map((isAsserted) => ({ sensorType, eventType, offset, isAsserted })),
    ),
  ),
);

describe('every event of the tables of IPMI', () => {
  it('is told once, with what to do, where it is at least a warning, and by no rule about something else', async () => {
    const others = new Set<string>();
    let told = 0;
    for (const [index, code] of codes.entries()) {
      const document = documentOf(recordOf(code, index + 1), `host-${index}`);
      const { severity, event } = document.ipmi;
      const hits = await toldOf(document);
      const what = document.message;
      // A single corrected error is none: how many there are counts.
      const isCorrected = code.eventType === 0x6f && code.sensorType === 0x0c && code.offset === 0;
      const isExpected = severity !== 'info' && !isCorrected;
      if (isExpected) expect(hits, what).toHaveLength(1);
      else if (hits.length > 0)
        expect(
          hits.every((hit) => hit.pack === 'hardware'),
          what,
        ).toBe(true);
      for (const hit of hits) {
        told += 1;
        expect(hit, what).toMatchObject({ pack: 'hardware', runbook: expect.stringMatching(/^[a-z0-9-]+$/) });
        expect(hit.labels?.component, what).toBeDefined();
        if (hit.rule === 'hardware.other') others.add(event.description);
      }
    }
    expect(told).toBeGreaterThan(500);
    // What is left to the tables: generic states of sensors of which nobody knows what they mean.
    expect(
      [...others]
        .filter(
          (words) =>
            !/going|^Transition to|^Limit|^Performance|^Predictive|^Install|^State|^Redundancy|^Non-Redundant/.test(
              words,
            ),
        )
        .sort(),
    ).toEqual([]);
  }, 60_000);
});
