import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const ownBin = join(import.meta.dirname, '..', 'logpatrol.js');

/** A run of the real command line in a process of its own. */
export interface CliRun {
  readonly child: ChildProcess;
  /** What it has written so far. */
  out(): string;
  err(): string;
  /** Its exit code; the signal's name where one ended it. */
  readonly code: Promise<number | string | null>;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The command line of another tree. */
  readonly bin?: string;
  /** Options of Node's own. */
  readonly node?: readonly string[];
}

/** Starts `logpatrol ARGS` without any configuration of this machine's. */
export function startCli(
  args: readonly string[],
  { cwd, env = {}, node = [], bin = ownBin }: CliOptions,
): CliRun {
  const child = spawn(process.execPath, [...node, bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const { promise: code, resolve } = Promise.withResolvers<number | string | null>();
  child.on('close', (exitCode, signal) => resolve(exitCode ?? signal));
  return { child, out: () => out, err: () => err, code };
}

/** Runs `logpatrol ARGS` to its end. */
export async function runCli(
  args: readonly string[],
  options: CliOptions,
): Promise<{ code: number | string | null; out: string; err: string }> {
  const run = startCli(args, options);
  const code = await run.code;
  return { code, out: run.out(), err: run.err() };
}
