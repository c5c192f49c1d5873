import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { folder } from './configuration.ts';

/** A Filebeat with our configuration, whose `/var` is a folder of its own. */
export interface RealFilebeat {
  /** Adds to a file below its `/var`. */
  write(path: string, content: string | Buffer): Promise<void>;
  start(env: Readonly<Record<string, string>>): void;
  /** Resolves once it is gone. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** The path as an event has it. */
  pathOf(path: string): string;
  /** What it has written of itself. */
  log(): string;
  remove(): void;
}

/** `program`: path of a Filebeat binary. */
export function realFilebeat(program: string): RealFilebeat {
  const root = mkdtempSync(join(tmpdir(), 'logpatrol-filebeat-'));
  const configuration = join(root, 'etc');
  cpSync(folder, configuration, { recursive: true });
  const main = join(configuration, 'filebeat.yml');
  writeFileSync(main, readFileSync(main, 'utf8').replaceAll('/var/', `${root}/var/`), { mode: 0o644 });
  let child: ChildProcess | undefined;
  let log = '';
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
  };
  return {
    async write(path, content) {
      mkdirSync(dirname(root + path), { recursive: true });
      await appendFile(root + path, content);
    },
    start(env) {
      const paths = ['home', 'data', 'logs'].flatMap((name) => [`--path.${name}`, join(root, name)]);
      child = spawn('sh', [join(configuration, 'start.sh'), ...paths, '-E', 'http.enabled=false'], {
        env: { PATH: process.env.PATH ?? '', FILEBEAT: program, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (log += String(data)));
    },
    stop,
    pathOf: (path) => root + path,
    log: () => log,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
