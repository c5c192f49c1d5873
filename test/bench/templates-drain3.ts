import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** What drain3 has made of the lines. */
const Answer = z.object({ templates: z.record(z.string(), z.array(z.string())), rate: z.number() });
export type Drain3Answer = z.infer<typeof Answer>;

/** What drain3 is given. */
export interface Drain3Task {
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Sources of regexes, applied one after the other. */
  readonly masks: readonly string[];
  /** So many times each file's lines are read while the time is taken. */
  readonly repeats: number;
}

const version = '0.9.11';

/**
 * Installs drain3 for this bench only, outside the project.
 *
 * @returns a function that runs it, or why there is none
 */
export function installDrain3(): ((task: Drain3Task) => Drain3Answer) | string {
  const folder = join(tmpdir(), `logpatrol-bench-drain3-${version}`);
  const python = join(folder, 'bin', 'python');
  const has = (): boolean => existsSync(python) && spawnSync(python, ['-c', 'import drain3']).status === 0;
  if (!has()) {
    if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return 'there is no python3 with venv';
    spawnSync(python, ['-m', 'pip', 'install', '--quiet', `drain3==${version}`]);
    if (!has()) return `pip cannot install drain3 ${version}`;
  }
  return (task) => {
    const run = spawnSync(python, [join(import.meta.dirname, 'templates-drain3.py')], {
      input: JSON.stringify(task),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (run.status !== 0) throw new Error(`drain3 failed: ${run.stderr}`);
    return Answer.parse(JSON.parse(run.stdout));
  };
}
