import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';
import { fileStamp } from './file-stamp.ts';
import { watchPaths } from './watch-paths.ts';

export interface FollowOptions<T> {
  readonly file: string;
  /** What it is, for the log: `the topology`. */
  readonly what: string;
  readonly logger: Logger;
  /** Reads the file whole. What it throws at the start is thrown on; later it is logged, and what was read before stays. */
  readonly read: (file: string) => T;
  /** Between two looks at the file where the system does not tell of its changes. Default: 2 s. */
  readonly pollMs?: number | undefined;
}

/** A file's content as it was read last. */
export interface FollowedFile<T> {
  readonly current: T;
  close(): Promise<void>;
}

/**
 * A file that is read again whenever it changes. Changes are told by the system; where it does not tell (a network file system, a
 * mounted ConfigMap), the file is looked at every some seconds all the same.
 *
 * @throws what `read` throws at the start
 */
export function followFile<T>({
  file,
  what,
  logger,
  read,
  pollMs = 2000,
}: FollowOptions<T>): FollowedFile<T> {
  let stamp = fileStamp(file);
  let current = read(file);
  let failure = '';
  const look = (): void => {
    const seen = fileStamp(file);
    if (seen === stamp && failure === '') return;
    stamp = seen;
    try {
      current = read(file);
      failure = '';
      logger.info({ file }, `${what}: read again`);
    } catch (thrown) {
      // Once for each mistake, not at each look.
      if (failure === messageOf(thrown)) return;
      failure = messageOf(thrown);
      logger.error({ file }, `${what} of before stays in force: ${failure}`);
    }
  };
  const watch = watchPaths([file], look, { pollMs });
  return {
    get current() {
      return current;
    },
    close: () => watch.close(),
  };
}
