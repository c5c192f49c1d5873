import { setImmediate as nextTurn } from 'node:timers/promises';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type { BusRecord, OutRecord, StageDefinition, StageResult } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { LogDocument, Store, WriteOptions, WriteOutcome } from '#shared/store/port.ts';
import { toLogDocument } from './log-document.ts';
import type { IndexerMetrics } from './metrics.ts';

export interface IndexerSetting {
  readonly store: Store;
  readonly metrics: IndexerMetrics;
}

/** A document, the record it came in, and what to keep of it should the store refuse it. */
interface Pending {
  readonly record: BusRecord;
  readonly document: LogDocument;
  reduced(reason: string): LogDocument;
}

/**
 * Some thousands of ordinary lines: enough for several bulks at once, and a fraction of a second of work to repeat. It is also how
 * much is looked up in the whole stream after an assignment. A predecessor may have stored lines whose offsets it did not commit,
 * and an index may have been rolled over since; but calls do not overlap, so what it stored is within one batch of the committed
 * offset. From there on the write index itself refuses what it has.
 */
const maxBatchBytes = 4 * 1024 * 1024;

/** Writes the lines of `logs.<type>` to the store. Whatever the store does not take at all goes to the dead letters. */
export function logsStage(type: string, setting: IndexerSetting): StageDefinition {
  const input = topic.logs(type);
  const group = `indexer-${input}`;
  return {
    group,
    input,
    start: 'committed',
    state: [],
    maxBatchBytes,
    task: () => {
      let bytesSeen = 0;
      return {
        handle: async (given, { now, signal }): Promise<StageResult<never>> => {
          if (given.kind !== 'batch') return { records: [] };
          const first = given.records[0]?.value?.length ?? 0;
          const verify = bytesSeen + first <= maxBatchBytes;
          const dead = await indexBatch(given.records, type, group, setting, now, { signal, verify });
          for (const { value } of given.records) bytesSeen += value?.length ?? 0;
          return { records: dead, ...coverageOf(given.records) };
        },
      };
    },
  };
}

/** The offset after the last record of a batch. */
export function coverageOf(records: readonly BusRecord[]): { covers?: number } {
  const last = records.at(-1);
  return last === undefined ? {} : { covers: last.offset + 1 };
}

/** What is parsed in one go, some tens of milliseconds; it is written while the next is parsed. */
const sliceBytes = 1024 * 1024;

async function indexBatch(
  records: readonly BusRecord[],
  ...rest: [type: string, stage: string, setting: IndexerSetting, now: number, options: WriteOptions]
): Promise<OutRecord[]> {
  const slices: Promise<OutRecord[]>[] = [];
  for (const slice of inSlices(records)) {
    const indexing = indexLogs(slice, ...rest);
    slices.push(indexing);
    // Reported by Promise.all below; it may fail while another slice is still being parsed.
    indexing.catch(() => {});
    await nextTurn();
  }
  return (await Promise.all(slices)).flat();
}

function inSlices(records: readonly BusRecord[]): BusRecord[][] {
  const slices: BusRecord[][] = [];
  let slice: BusRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    slice.push(record);
    bytes += record.value?.length ?? 0;
    if (bytes < sliceBytes) continue;
    slices.push(slice);
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) slices.push(slice);
  return slices;
}

async function indexLogs(
  records: readonly BusRecord[],
  type: string,
  stage: string,
  { store, metrics }: IndexerSetting,
  now: number,
  options: WriteOptions,
): Promise<OutRecord[]> {
  const dead: OutRecord[] = [];
  const pending: Pending[] = [];
  for (const record of records) {
    const converted = toLogDocument(record, type, now);
    if (converted.kind === 'document') pending.push({ record, ...converted });
    else dead.push(deadLetter(record, stage, converted.reason, now));
  }
  const unreadable = dead.length;
  const started = performance.now();
  const documents = pending.map(({ document }) => document);
  const outcomes = await store.saveLogs(documents, options);
  const refused = pending.flatMap((item, index) => {
    const outcome = outcomes[index];
    return outcome?.kind === 'rejected' ? [{ item, reason: outcome.reason }] : [];
  });
  let kept: WriteOutcome[] = [];
  if (refused.length > 0)
    kept = await store.saveLogs(
      refused.map(({ item, reason }) => item.reduced(reason)),
      options,
    );
  for (const [index, { item, reason }] of refused.entries())
    if (kept[index]?.kind === 'rejected') dead.push(deadLetter(item.record, stage, reason, now));
  metrics.written(type, (performance.now() - started) / 1000);
  const count = (list: readonly WriteOutcome[], kind: WriteOutcome['kind']): number =>
    list.filter((outcome) => outcome.kind === kind).length;
  metrics.documents(type, 'stored', count(outcomes, 'stored'));
  metrics.documents(type, 'duplicate', count(outcomes, 'duplicate') + count(kept, 'duplicate'));
  metrics.documents(type, 'reduced', count(kept, 'stored'));
  metrics.documents(type, 'unreadable', unreadable);
  metrics.documents(type, 'rejected', count(kept, 'rejected'));
  return dead;
}
