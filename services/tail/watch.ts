import { watch as chokidar } from 'chokidar';
import type { Logger } from 'pino';
import { messageOf } from '#shared/errors/index.ts';

/** Tells early that something has changed. What has, the file system itself is asked. */
export interface Watch {
  /** False where the system gives no events (no inotify watches left, a network file system): then it is to be polled. */
  readonly works: boolean;
  /** Watches these folders, and no others any more. */
  setFolders(folders: ReadonlySet<string>): void;
  close(): Promise<void>;
}

/**
 * @param onChange a file's contents may have changed
 * @param onListing a file has come or gone
 */
export function createWatch(onChange: (path: string) => void, onListing: () => void, logger: Logger): Watch {
  let works = true;
  const watched = new Set<string>();
  const watcher = chokidar([], {
    depth: 0,
    ignoreInitial: true,
    atomic: false,
    ignorePermissionErrors: true,
  });
  watcher.on('change', onChange);
  for (const event of ['add', 'unlink', 'addDir', 'unlinkDir'] as const) watcher.on(event, onListing);
  watcher.on('error', (error) => {
    if (works)
      logger.warn(
        `The system does not tell of changes to files (${messageOf(error)}): they are looked at every second instead. On Linux, raise fs.inotify.max_user_watches.`,
      );
    works = false;
  });
  return {
    get works() {
      return works;
    },
    setFolders(folders) {
      for (const folder of watched)
        if (!folders.has(folder)) {
          watched.delete(folder);
          watcher.unwatch(folder);
        }
      for (const folder of folders)
        if (!watched.has(folder)) {
          watched.add(folder);
          watcher.add(folder);
        }
    },
    close: () => watcher.close(),
  };
}
