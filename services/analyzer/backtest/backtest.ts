import type { Config } from '#shared/config/index.ts';
import type { LogFilter, ScannedLog, StoreReader } from '#shared/store/port.ts';
import type { RuleSet } from '../detect/rules/index.ts';
import { StoredRecords } from '../stored-records.ts';
import { compareLedgers } from './compare.ts';
import { Replay } from './replay.ts';
import type { BacktestReport } from './report.ts';

export interface BacktestOptions {
  readonly store: StoreReader;
  readonly config: Config;
  /** The rules as they are, and as they would be. */
  readonly present: RuleSet;
  readonly changed: RuleSet;
  /** Names of the packs that differ, for the report. */
  readonly packs: readonly string[];
  /** Which lines: milliseconds since the epoch, and a type or a service. */
  readonly filter: Pick<LogFilter, 'type' | 'service'> & { readonly from: number; readonly to: number };
  /** Lines after which it stops; absent: none. */
  readonly limitLines?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BacktestProgress) => void) | undefined;
}

/** How far a backtest is: lines read and lines that there are, and kinds of failure found by the changed rules. */
export interface BacktestProgress {
  readonly lines: number;
  readonly totalLines: number;
  readonly findings: number;
}

/** Lines that came within so long are one batch, as they would be in the service. In milliseconds. */
const batchMs = 1000;
/** In characters. */
const maxBatchLength = 4 * 1024 * 1024;

/**
 * Runs two sets of rules over the stored lines and says what differs. Both see each line once, in one pass.
 *
 * @throws LogpatrolError `unreachable` where the store does not answer
 */
export async function backtest(options: BacktestOptions): Promise<BacktestReport> {
  const { store, config, filter, limitLines = Number.POSITIVE_INFINITY, signal } = options;
  const totalLines = Math.min(limitLines, await store.countLogs(filter));
  const present = new Replay(config, options.present);
  const changed = new Replay(config, options.changed);
  const replays = [present, changed];
  const records = new StoredRecords();
  let batch: ScannedLog[] = [];
  let batchLength = 0;
  let batchStart = Number.NEGATIVE_INFINITY;
  let now = filter.from;
  let lines = 0;
  let firstLine: string | undefined;

  const flush = (): void => {
    for (const [type, ofType] of records.byType(batch))
      for (const replay of replays) replay.take(type, ofType, now);
    batch = [];
    batchLength = 0;
  };

  const scan = store.scanLogs({ ...filter, ...(signal === undefined ? {} : { signal }) });
  for await (const page of scan) {
    for (const log of page) {
      if (lines >= limitLines) break;
      const time = Date.parse(log.timestamp);
      if (batch.length > 0 && (time >= batchStart + batchMs || batchLength >= maxBatchLength)) flush();
      if (batch.length === 0) batchStart = time;
      now = time;
      batch.push(log);
      batchLength += log.json.length;
      lines += 1;
      firstLine ??= log.timestamp;
    }
    options.onProgress?.({ lines, totalLines, findings: changed.ledger.count });
    if (lines >= limitLines) break;
  }
  flush();
  const complete = lines < limitLines || lines >= (await store.countLogs(filter));
  for (const replay of replays) replay.settle(complete ? Math.max(now, filter.to) : now);

  return {
    from: iso(filter.from),
    to: iso(filter.to),
    firstLine,
    lastLine: lines === 0 ? undefined : iso(now),
    lines,
    complete,
    packs: options.packs,
    ...compareLedgers(present.ledger, changed.ledger),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
