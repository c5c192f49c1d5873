import { spawnSync } from 'node:child_process';

/** A compose command that is installed here. */
export interface ComposeCommand {
  readonly words: readonly string[];
  /** What stands between the parts of a container's name. */
  readonly joint: '_' | '-';
}

/** Those that are installed here: a program of its own, which may be version 1, and a part of Docker's. */
export const composeCommands: readonly ComposeCommand[] = [['docker-compose'], ['docker', 'compose']].flatMap(
  (words) => {
    const [program = '', ...rest] = words;
    const { status, stdout } = spawnSync(program, [...rest, 'version', '--short'], { encoding: 'utf8' });
    return status === 0 ? [{ words, joint: stdout.startsWith('1.') ? '_' : '-' }] : [];
  },
);
