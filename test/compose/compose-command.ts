import { spawnSync } from 'node:child_process';

const isHere = ([program = '', ...words]: readonly string[]): boolean =>
  spawnSync(program, [...words, 'version'], { stdio: 'ignore' }).status === 0;

/** The compose commands that are installed here: version 1 as a program of its own, version 2 as a part of Docker's. */
export const composeCommands: readonly (readonly string[])[] = [
  ['docker-compose'],
  ['docker', 'compose'],
].filter(isHere);
