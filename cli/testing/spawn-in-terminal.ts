import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { CliOptions } from './spawn-cli.ts';

const ownBin = join(import.meta.dirname, '..', 'logpatrol.js');

/** Why there is no terminal here, or undefined: `describe.skipIf(noTerminal !== undefined)`. */
export const noTerminal =
  spawnSync('script', ['--version'], { stdio: 'ignore' }).error === undefined && process.platform === 'linux'
    ? undefined
    : 'no `script` (util-linux): tests of what stands on a terminal are skipped';

/** A run of the command line on a terminal of its own. */
export interface TerminalRun {
  /** Everything that the terminal was sent so far, control sequences included. */
  shown(): string;
  /** As if a person typed it. */
  type(text: string): void;
  /** A signal to the command itself. */
  signal(name: 'TERM' | 'INT'): void;
  kill(): void;
  readonly code: Promise<number | null>;
}

/** Starts `logpatrol ARGS` on a pseudo terminal of 100 columns and 30 rows, as `script` makes one. */
export function startInTerminal(
  args: readonly string[],
  { cwd, env = {}, bin = ownBin }: CliOptions,
): TerminalRun {
  const command = [process.execPath, bin, ...args].map(quoted).join(' ');
  const child = spawn(
    'script',
    ['-qfec', `stty rows 30 cols 100; echo "pid $$"; exec ${command}`, '/dev/null'],
    {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    },
  );
  let shown = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
  const { promise: code, resolve } = Promise.withResolvers<number | null>();
  child.on('close', (exitCode) => resolve(exitCode));
  return {
    shown: () => shown,
    type: (text) => void child.stdin.write(text),
    signal: (name) => void process.kill(Number(/^pid (\d+)/m.exec(shown)?.[1]), `SIG${name}`),
    kill: () => void child.kill('SIGKILL'),
    code,
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
