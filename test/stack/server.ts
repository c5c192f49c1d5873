import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A server process of the stack. It can be stopped and started again on the same port with the same data. */
export interface Server {
  readonly port: number;
  start(): Promise<void>;
  /** SIGTERM (or another signal), and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  pid(): number | undefined;
}

export interface ServerSpec {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly command: readonly [string, ...string[]];
  /** Beside the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Resolves true once it serves. */
  isReady(): Promise<boolean>;
}

/** A port that is free on 127.0.0.1 now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A server that is not running yet. Its output goes to `<folder>/<name>.log`. */
export function createServerProcess(spec: ServerSpec): Server {
  let child: ChildProcess | undefined;
  const logFile = join(spec.folder, `${spec.name}.log`);

  async function start(): Promise<void> {
    await mkdir(spec.folder, { recursive: true });
    const log = openSync(logFile, 'a');
    const [program, ...args] = spec.command;
    const started = spawn(program, args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...process.env, ...spec.environment },
    });
    closeSync(log);
    child = started;
    // Detached, so that Ctrl-C reaches us and not them; so they must not outlive us either.
    process.once('exit', () => started.kill('SIGKILL'));
    const deadline = Date.now() + 120_000;
    while (!(await spec.isReady())) {
      if (started.exitCode !== null || Date.now() > deadline) {
        const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-20).join('\n');
        throw new Error(`${spec.name} did not start; the end of its log:\n${tail}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
  }

  return { port: spec.port, start, stop, pid: () => child?.pid };
}
