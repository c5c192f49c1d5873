import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LogpatrolError } from '#shared/errors/index.ts';
import {
  batchStage,
  behind,
  copyOf,
  gate,
  makeTopic,
  numbers,
  patience,
  readAll,
  readCount,
  text,
  valuesOf,
  writeNumbers,
} from './contract/harness.ts';
import { type EmbeddedBus, openEmbeddedBus } from './embedded.ts';
import type { StageDefinition, StageInput, StageResult } from './port.ts';

/** What the runner does is the same on every adapter, so what does not concern the adapter is tested on one. */
describe('the partition runner', () => {
  let bus: EmbeddedBus;
  let input = '';
  let output = '';
  const troubles: Error[] = [];

  beforeEach(async () => {
    troubles.length = 0;
    const dataDir = mkdtempSync(join(tmpdir(), 'logpatrol-runner-'));
    bus = await openEmbeddedBus({
      dataDir,
      maxBytes: 100e6,
      logger: pino({ level: 'silent' }),
      observer: { trouble: ({ error }) => troubles.push(error) },
    });
    input = await makeTopic(bus);
    output = await makeTopic(bus);
    return async () => {
      await bus.close();
      rmSync(dataDir, { recursive: true });
    };
  });

  const stageOf = (
    handle: (
      given: StageInput<string>,
      signal: AbortSignal,
    ) => StageResult<string> | Promise<StageResult<string>>,
  ): StageDefinition<string> => ({
    group: 'group',
    input,
    start: 'committed',
    state: [],
    task: () => ({ handle: (given, { signal }) => handle(given, signal) }),
  });

  it('gives a batch again, whole and in place, as long as what it needs does not answer', async () => {
    await writeNumbers(bus, input, 1, 0, 10);
    let tries = 0;
    const member = await bus.run(
      batchStage('group', input, (records) => {
        tries += 1;
        if (tries < 4) throw new LogpatrolError('unreachable', 'Elasticsearch does not answer');
        return { records: records.map((record) => copyOf(record, output, 'me')), covers: behind(records) };
      }),
    );
    await readCount(bus, output, 10);
    await member.stop();
    expect(tries).toBe(4);
    expect(troubles.map((error) => error.message)).toEqual(Array(3).fill('Elasticsearch does not answer'));
    expect(await readAll(bus, `dlq.${input}`)).toEqual([]);
  });

  it('ends the member at an error to stop at, and frees its partition for another', async () => {
    await writeNumbers(bus, input, 1, 0, 1);
    const wrong = new LogpatrolError('invalid-config', 'the rules are wrong');
    const member = await bus.run(
      batchStage('group', input, () => {
        throw wrong;
      }),
    );
    await expect(member.ended).rejects.toBe(wrong);
    const other = await bus.run(
      batchStage('group', input, (records) => ({
        records: records.map((record) => copyOf(record, output, 'other')),
        covers: behind(records),
      })),
    );
    await readCount(bus, output, 1);
    await other.stop();
  });

  it('does not believe a stage that covers what it was not given', async () => {
    await writeNumbers(bus, input, 1, 0, 2);
    const member = await bus.run(
      batchStage('group', input, (records) => ({ records: [], covers: behind(records) + 1 })),
    );
    const dead = await readCount(bus, `dlq.${input}`, 2);
    await member.stop();
    expect(dead.map((record) => record.headers['logpatrol-error'])).toEqual([
      'stage group covers 2, but was given up to 1',
      'stage group covers 3, but was given up to 2',
    ]);
  });

  it('makes a new task where an effect rejects, and where a tick throws', async () => {
    await writeNumbers(bus, input, 1, 0, 3);
    let lives = 0;
    let ticks = 0;
    const seen: number[] = [];
    const stage: StageDefinition<string> = {
      ...stageOf(() => ({ records: [] })),
      task: () => {
        lives += 1;
        return {
          handle: (given) => {
            if (given.kind === 'tick') {
              ticks += 1;
              if (ticks === 1) throw new Error('a bad tick');
            }
            if (given.kind !== 'batch') return { records: [] };
            seen.push(...valuesOf(given.records));
            if (lives > 2) return { records: [], covers: behind(given.records) };
            return { records: [], effects: [() => Promise.reject(new Error('a bad effect'))] };
          },
        };
      },
    };
    const member = await bus.run(stage);
    await vi.waitUntil(async () => (await bus.committed('group', input)).get(0) === 3, patience);
    await member.stop();
    expect(troubles.map((error) => error.message)).toEqual(['a bad tick', 'a bad effect']);
    expect(seen).toEqual([0, 1, 2, 0, 1, 2]);
    expect(await readAll(bus, `dlq.${input}`)).toEqual([]);
  });

  it('finishes at a stop what is in flight: the outcome of an effect is committed, and nothing new is started', async () => {
    await writeNumbers(bus, input, 1, 0, 1);
    const effect = gate();
    let started = 0;
    const member = await bus.run(
      stageOf((given, signal) => {
        const send = async () => {
          started += 1;
          await effect.opened;
          return 'sent';
        };
        if (given.kind === 'batch') return { records: [], covers: behind(given.records), effects: [send] };
        if (given.kind === 'tick') return { records: [] };
        const value = `${given.outcome}, stopping: ${signal.aborted}`;
        return { records: [{ topic: output, key: null, value }], effects: [send] };
      }),
    );
    await vi.waitUntil(() => started === 1, patience);
    const stopped = member.stop();
    effect.open();
    await stopped;
    expect((await readAll(bus, output)).map(text)).toEqual(['sent, stopping: true']);
    expect(started).toBe(1);
  });

  it('abandons at a stop what does not finish, and publishes nothing of it', async () => {
    await writeNumbers(bus, input, 1, 0, 5);
    const never = gate();
    let isCalled = false;
    const member = await bus.run(
      batchStage('group', input, async (records) => {
        isCalled = true;
        await never.opened;
        return { records: records.map((record) => copyOf(record, output, 'late')), covers: behind(records) };
      }),
    );
    await vi.waitUntil(() => isCalled, patience);
    await member.stop();
    const successor = await bus.run(
      batchStage('group', input, (records) => {
        never.open();
        return {
          records: records.map((record) => copyOf(record, output, 'successor')),
          covers: behind(records),
        };
      }),
    );
    await readCount(bus, output, 5);
    await successor.stop();
    const copied = await readAll(bus, output);
    expect(valuesOf(copied)).toEqual(numbers(5));
    expect(new Set(copied.map((record) => record.headers.by))).toEqual(new Set(['successor']));
  });
});
