import type { z } from 'zod';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type { OutRecord, StageDefinition, StageResult } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { WriteOptions, WriteOutcome } from '#shared/store/port.ts';
import { coverageOf } from './logs-stage.ts';
import type { IndexerMetrics } from './metrics.ts';

/** What tells the stages of our own records apart. */
interface ModelStage<Model> {
  readonly input: string;
  readonly schema: z.ZodType<Model>;
  save(models: readonly Model[], options: WriteOptions): Promise<WriteOutcome[]>;
}

/**
 * Writes the records of a topic of ours, such as `findings`, to the store. A tombstone ends a key on the bus and not in the
 * store, whose own retention decides how long it is kept.
 */
export function modelStage<Model>(
  { input, schema, save }: ModelStage<Model>,
  metrics: IndexerMetrics,
): StageDefinition {
  const group = `indexer-${input}`;
  const parse = (value: Buffer): { model: Model } | { reason: string } => {
    try {
      const parsed = schema.safeParse(JSON.parse(value.toString('utf8')));
      return parsed.success ? { model: parsed.data } : { reason: messageOf(parsed.error) };
    } catch (error) {
      return { reason: `not JSON: ${messageOf(error)}` };
    }
  };
  return {
    group,
    input,
    start: 'committed',
    state: [],
    task: () => ({
      handle: async (given, { now, signal }): Promise<StageResult<never>> => {
        if (given.kind !== 'batch') return { records: [] };
        const dead: OutRecord[] = [];
        const accepted = given.records.flatMap((record) => {
          if (record.value === null) return [];
          const parsed = parse(record.value);
          if ('model' in parsed) return [{ record, model: parsed.model }];
          dead.push(deadLetter(record, group, parsed.reason, now));
          return [];
        });
        metrics.documents(input, 'unreadable', dead.length);
        const started = performance.now();
        // Looked up every time: these are few, or tell a repeat by themselves (readings), and one may be older than the last rollover.
        const models = accepted.map(({ model }) => model);
        const outcomes = await save(models, { signal, verify: true });
        metrics.written(input, (performance.now() - started) / 1000);
        for (const [index, { record }] of accepted.entries()) {
          const outcome = outcomes[index];
          if (outcome === undefined) continue;
          metrics.documents(input, outcome.kind, 1);
          if (outcome.kind === 'rejected') dead.push(deadLetter(record, group, outcome.reason, now));
        }
        return { records: dead, ...coverageOf(given.records) };
      },
    }),
  };
}
