import type { LogFilter, ScannedLog, StoreReader } from '#shared/store/port.ts';

/** Lines with how many each of them stands for (1 where all are read). */
export interface WeightedLines {
  readonly lines: readonly ScannedLog[];
  readonly weight: number;
}

export interface EvenReading {
  /** Exact counts by equal parts of the time, and their sum. */
  readonly counts: readonly number[];
  readonly total: number;
  /** The lines, oldest first; not more than asked for, and a few for each part. */
  read(): AsyncGenerator<WeightedLines>;
}

/** Parts of the time that are counted, and sampled each for itself. */
export const slices = 60;

/**
 * Reads the lines of a time: all of them where there are at most `maxLines`, else the same share of each of `slices` equal parts of
 * it, from their beginnings, so that nothing has to be read that is not looked at.
 */
export async function readEvenly(
  store: StoreReader,
  filter: LogFilter & { readonly from: number; readonly to: number },
  maxLines: number,
): Promise<EvenReading> {
  const counts = await store.countLogsOverTime(filter, slices);
  const total = counts.reduce((sum, count) => sum + count, 0);

  async function* sampled(): AsyncGenerator<WeightedLines> {
    const edge = (slice: number): number =>
      filter.from + Math.ceil((slice * (filter.to - filter.from)) / slices);
    for (const [slice, count] of counts.entries()) {
      if (count === 0) continue;
      const share = Math.max(1, Math.floor((maxLines * count) / total));
      const scan = store.scanLogs({ ...filter, from: edge(slice), to: edge(slice + 1) });
      let left = share;
      for await (const page of scan) {
        const lines = page.slice(0, left);
        left -= lines.length;
        yield { lines, weight: count / Math.min(share, count) };
        if (left === 0) break;
      }
    }
  }

  async function* whole(): AsyncGenerator<WeightedLines> {
    for await (const lines of store.scanLogs(filter)) yield { lines, weight: 1 };
  }

  return { counts, total, read: total <= maxLines ? whole : sampled };
}
