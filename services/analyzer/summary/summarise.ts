import type { Config } from '#shared/config/index.ts';
import { drillService, type Finding, isDrill } from '#shared/model/index.ts';
import type { LogFilter, ScannedLog, StoreReader } from '#shared/store/port.ts';
import type { RuleSet } from '../detect/rules/index.ts';
import type { History } from '../rates/index.ts';
import { usualByHistory } from './from-history.ts';
import type { LogSummary, PastWindow } from './log-summary.ts';
import { type EvenReading, readEvenly, slices } from './read-evenly.ts';
import { median, Tally } from './tally.ts';

export interface SummaryOptions {
  readonly store: StoreReader;
  readonly config: Config;
  readonly rules: RuleSet;
  readonly filter: LogFilter & { readonly from: number; readonly to: number };
  /** Lines read of the window; of the windows of the past together as many again. */
  readonly maxLines: number;
  /** What is compared with, in place of the windows of the past. */
  readonly history?: History | undefined;
}

const dayMs = 86_400_000;
/** Windows just before, and the same window a day and a week before. */
const windowsBefore = 6;
const daysBefore = [1, 7];
const maxFindings = 20;
const maxServices = 20;

interface Window {
  readonly from: number;
  readonly to: number;
  readonly reading: EvenReading;
}

/**
 * Sums up the stored lines of a time, and what is unusual in them by the times before it.
 *
 * @throws LogpatrolError `unreachable` where the store does not answer
 */
export async function summarise(options: SummaryOptions): Promise<LogSummary> {
  const { store, config, rules, filter, maxLines } = options;
  const { from, to, ...what } = filter;
  const reading = await readEvenly(store, filter, maxLines);
  const common = {
    filter: what,
    from: iso(from),
    to: iso(to),
    lines: reading.total,
    rate: { sliceMs: (to - from) / slices, counts: reading.counts },
    findings: await findingsOf(store, filter),
  };
  const learned = options.history && usualByHistory(options.history, filter.service, to - from);
  const windows =
    reading.total === 0 || learned !== undefined
      ? []
      : await pastWindows(store, filter, Math.ceil(maxLines / 8));
  const past = learned === undefined ? windows.map(asPast) : learned.past === undefined ? [] : [learned.past];
  const tally = new Tally({ config, rules }, past.length);
  if (learned?.past !== undefined) tally.addUsual(learned.kinds);
  let read = 0;
  // The oldest first, so that templates are learned in the order of time.
  for (const [index, window] of [...windows.entries()].sort(([, a], [, b]) => a.from - b.from))
    for await (const { lines, weight } of window.reading.read())
      tally.add(meant(lines, filter), index + 1, weight);
  for await (const { lines, weight } of reading.read()) {
    tally.add(meant(lines, filter), 0, weight);
    read += lines.length;
  }

  return {
    ...common,
    // Lines may have come or gone since they were counted; a few are no sample.
    ...(reading.total > maxLines && { sampled: read }),
    past,
    ...(past.length > 0 && { usual: Math.round(learned?.lines ?? median(past.map(({ lines }) => lines))) }),
    ...tally.counted(),
    ...(tally.first && { first: tally.first }),
    ...(tally.last && { last: await lastOf(options, tally.last) }),
    otherServices:
      reading.total > 0 ? [] : await store.services({ from, to, limit: maxServices, ...typeOf(what) }),
  };
}

/** The times that are compared with, as far as lines of them are stored: not those before the first stored line. */
async function pastWindows(
  store: StoreReader,
  filter: SummaryOptions['filter'],
  maxLines: number,
): Promise<Window[]> {
  const { from, to, keywords: _, ...what } = filter;
  const [oldest] = await store.searchLogs({ ...what, to: from, order: 'oldest', limit: 1 });
  if (oldest === undefined) return [];
  const length = to - from;
  const starts = new Set([
    ...Array.from({ length: windowsBefore }, (_unused, index) => from - (index + 1) * length),
    ...daysBefore.map((days) => from - days * dayMs).filter((start) => start + length <= from),
  ]);
  const windows: Window[] = [];
  for (const start of starts) {
    if (start < Date.parse(oldest.timestamp)) continue;
    const span = { from: start, to: start + length };
    windows.push({ ...span, reading: await readEvenly(store, { ...filter, ...span }, maxLines) });
  }
  return windows;
}

/** Of a sample the last line read is not the last there is. */
async function lastOf(
  { store, filter }: SummaryOptions,
  read: NonNullable<LogSummary['last']>,
): Promise<NonNullable<LogSummary['last']>> {
  const [newest] = await store.searchLogs({ ...filter, order: 'newest', limit: 1 });
  if (newest === undefined || newest.timestamp <= read.timestamp) return read;
  const { id, timestamp, host, message } = newest;
  return { id, timestamp, host, text: message.slice(0, 2000).toWellFormed() };
}

/** Lines of drills say nothing of the fleet, unless they are what is asked for. */
function meant(lines: readonly ScannedLog[], { service }: LogFilter): readonly ScannedLog[] {
  return service === drillService ? lines : lines.filter((line) => line.service !== drillService);
}

async function findingsOf(
  store: StoreReader,
  { service, host, type, from, to }: SummaryOptions['filter'],
): Promise<LogSummary['findings']> {
  const found = await store.searchFindings({
    ...(service !== undefined && { service }),
    from,
    to,
    limit: 500,
  });
  return found
    .filter((finding) => !isDrill(finding))
    .filter((finding) => type === undefined || finding.type === type)
    .filter((finding) => host === undefined || finding.hosts.includes(host))
    .slice(0, maxFindings)
    .map(shownFinding);
}

function shownFinding(finding: Finding): LogSummary['findings'][number] {
  const { id, severity, title, rule, state, count, firstSeen, lastSeen, hostCount } = finding;
  return { id, severity, title, rule, state, count, firstSeen, lastSeen, hostCount };
}

function asPast({ from, to, reading }: Window): PastWindow {
  return { from: iso(from), to: iso(to), lines: reading.total };
}

function typeOf({ type }: Pick<LogFilter, 'type'>): Pick<LogFilter, 'type'> {
  return type === undefined ? {} : { type };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
