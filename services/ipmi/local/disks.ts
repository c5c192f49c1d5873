import { readdir, readFile } from 'node:fs/promises';

/** What a disk has done since the start of the machine. */
export interface DiskCounters {
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Time in which at least one request was under way. */
  readonly busyMs: number;
}

/** What a disk does. */
export interface DiskActivity {
  readonly name: string;
  readonly readPerSecond: number;
  readonly writtenPerSecond: number;
  readonly busyPercent: number;
}

/** Disks that stand for others, or for none: their work is counted elsewhere, or is no work of a disk. */
const noDisk = /^(?:loop|ram|zram|sr|fd|nbd|zd|dm-|md)\d*/;
const maxDisks = 64;
/** Of `/proc/diskstats`, whatever the disk's own. */
const sectorBytes = 512;

/** The counters of each whole disk by its name; none where the system has no such file. */
export async function diskCounters(): Promise<Map<string, DiskCounters>> {
  try {
    const [text, wholeDisks] = await Promise.all([
      readFile('/proc/diskstats', 'utf8'),
      readdir('/sys/block').catch(() => []),
    ]);
    return parseDiskstats(text, new Set(wholeDisks));
  } catch {
    // No Linux, or a container that may not see it.
    return new Map();
  }
}

/** Fields by the kernel's Documentation/admin-guide/iostats.rst. @param wholeDisks partitions are in the file as well, and not here */
export function parseDiskstats(text: string, wholeDisks: ReadonlySet<string>): Map<string, DiskCounters> {
  const found = new Map<string, DiskCounters>();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const name = fields[2] ?? '';
    const [read, written, busyMs] = [Number(fields[5]), Number(fields[9]), Number(fields[12])];
    if (!wholeDisks.has(name) || noDisk.test(name) || found.size === maxDisks) continue;
    if (![read, written, busyMs].every(Number.isSafeInteger)) continue;
    found.set(name, { readBytes: read * sectorBytes, writtenBytes: written * sectorBytes, busyMs });
  }
  return found;
}

/** What each disk has done between two looks; one that is new, or whose counters went back, says nothing yet. */
export function diskActivity(
  before: ReadonlyMap<string, DiskCounters>,
  now: ReadonlyMap<string, DiskCounters>,
  elapsedMs: number,
): DiskActivity[] {
  if (elapsedMs <= 0) return [];
  return [...now].flatMap(([name, counters]) => {
    const earlier = before.get(name);
    if (earlier === undefined) return [];
    const perSecond = (key: keyof DiskCounters) => ((counters[key] - earlier[key]) * 1000) / elapsedMs;
    const [readPerSecond, writtenPerSecond] = [perSecond('readBytes'), perSecond('writtenBytes')];
    const busyPercent = Math.min(100, perSecond('busyMs') / 10);
    return [readPerSecond, writtenPerSecond, busyPercent].some((value) => value < 0)
      ? []
      : [{ name, readPerSecond, writtenPerSecond, busyPercent }];
  });
}
