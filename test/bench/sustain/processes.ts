import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in these, `getconf CLK_TCK`. In a second. */
const ticks = 100;

/** Processor time that a process has used so far, all threads, in seconds; `undefined` where it is gone. */
export function processorSeconds(pid: number): number | undefined {
  try {
    // The name stands in parentheses and may contain anything; utime and stime are the 14th and 15th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return undefined;
  }
}

/** The brokers of this machine, by their main class; the one that listens cannot be told without being root. */
export function brokers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes('kafka.Kafka');
      } catch {
        return false;
      }
    })
    .map(Number);
}
