import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';

const cli = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

/** Members must not outlive a suite that fails. */
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** One process of a service, as a person starts it: `logpatrol run SERVICE --stage STAGE`. */
export interface Member {
  readonly name: string;
  readonly pid: number;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and the milliseconds until it was gone; SIGKILL after 15 s. */
  stop(): Promise<number>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Resident memory now, in bytes; 0 where it is gone. */
  residentBytes(): number;
}

export interface MemberSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export function startMember(spec: MemberSpec): Member {
  const log = createWriteStream(spec.logFile, { flags: 'a' });
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', '--disable-warning=ExperimentalWarning', cli, ...spec.args],
    {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  alive.add(child);
  const exited = once(child, 'exit').finally(() => alive.delete(child));
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    name: spec.name,
    pid: child.pid ?? 0,
    isRunning,
    signal: (signal) => void child.kill(signal),
    async stop() {
      const began = Date.now();
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      if (isRunning()) await exited;
      clearTimeout(timer);
      return Date.now() - began;
    },
    async kill() {
      child.kill('SIGKILL');
      if (isRunning()) await exited;
    },
    residentBytes() {
      try {
        const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        return Number(match?.[1] ?? 0) * 1024;
      } catch {
        return 0;
      }
    },
  };
}
