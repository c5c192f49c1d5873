import { readdirSync, readFileSync } from 'node:fs';

/** A process as Linux shows it in /proc. */
export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
  readonly environment: readonly string[];
}

/** The processes that run and have this text in their command line, such as the port of a BMC. Ended ones, waited for or not, count while they are there. */
export function processesWith(text: string): SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
        if (!command.includes(text)) return [];
        const environment = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').filter(Boolean);
        return [{ pid: Number(name), command, environment }];
      } catch {
        // It has just ended.
        return [];
      }
    });
}
