import { loadavg } from 'node:os';
import { cpuTemperature, currentLoad, fsSize, mem } from 'systeminformation';
import { type DiskActivity, type DiskCounters, diskActivity, diskCounters } from './disks.ts';
import { type FileSystem, realFileSystems } from './file-systems.ts';
import { Part } from './part.ts';

/** What this machine's operating system says of it at a moment. What it does not say is absent. */
export interface Sample {
  readonly cpuPercent: number | undefined;
  /** Of the last minute. */
  readonly load: number | undefined;
  readonly memoryPercent: number | undefined;
  /** Absent where there is no swap. */
  readonly swapPercent: number | undefined;
  readonly fileSystems: readonly FileSystem[];
  /** None at the first look: it takes two. */
  readonly disks: readonly DiskActivity[];
  /** °C, the hottest. */
  readonly temperature: number | undefined;
}

/** How busy this machine is, in percent. What its operating system does not say is absent. */
export type LocalUse = Pick<Sample, 'cpuPercent' | 'memoryPercent'>;

/** There is one machine a process, so what is remembered of it from look to look is here; systeminformation does likewise. */
const parts = {
  cpu: new Part(async () => (await currentLoad()).currentLoad),
  memory: new Part(mem),
  fileSystems: new Part(async () => realFileSystems(await fsSize())),
  temperature: new Part(async () => {
    const { max, main } = await cpuTemperature();
    return max ?? main ?? undefined;
  }),
};
let disksBefore: { readonly at: number; readonly counters: ReadonlyMap<string, DiskCounters> } | undefined;
/** A machine that shows no temperature at first never will, and asking costs some processes. */
let hasTemperature = true;

/** Takes a look. Never rejects. The CPU's share is that since the last look, at the first one of half a second. */
export async function takeSample(): Promise<Sample> {
  const [cpuPercent, memory, fileSystems, temperature, disks] = await Promise.all([
    parts.cpu.read(),
    parts.memory.read(),
    parts.fileSystems.read(),
    hasTemperature ? parts.temperature.read() : undefined,
    lookAtDisks(),
  ]);
  hasTemperature = temperature !== undefined;
  return {
    cpuPercent,
    load: process.platform === 'win32' ? undefined : loadavg()[0],
    memoryPercent: memory && share(memory.total - memory.available, memory.total),
    swapPercent: memory && share(memory.swapused, memory.swaptotal),
    fileSystems: fileSystems ?? [],
    disks,
    temperature,
  };
}

/** As `takeSample`, of these two alone. */
export async function localUse(): Promise<LocalUse> {
  const [cpuPercent, memory] = await Promise.all([parts.cpu.read(), parts.memory.read()]);
  return { cpuPercent, memoryPercent: memory && share(memory.total - memory.available, memory.total) };
}

function share(part: number, whole: number): number | undefined {
  return whole > 0 ? (100 * part) / whole : undefined;
}

async function lookAtDisks(): Promise<DiskActivity[]> {
  const counters = await diskCounters();
  const at = performance.now();
  const before = disksBefore;
  disksBefore = { at, counters };
  return before === undefined ? [] : diskActivity(before.counters, counters, at - before.at);
}
