import { watch } from 'chokidar';

export interface WatchOptions {
  /** Between two looks where the system does not tell of changes (a network file system, a mounted ConfigMap), in milliseconds. */
  readonly pollMs: number;
  /** A look comes so many milliseconds after the last of several changes. Default: at once. */
  readonly settleMs?: number;
}

/**
 * Calls `look` when these files and what is in these folders may have changed: as the system tells, and every some seconds all
 * the same. One look ends before the next begins. Links are not followed by the watch, so that circles of them do no harm; what
 * changes behind one is found at the next look.
 *
 * @param look must not fail: what it meets it says itself
 */
export function watchPaths(
  paths: readonly string[],
  look: () => void | Promise<void>,
  { pollMs, settleMs = 0 }: WatchOptions,
): { close(): Promise<void> } {
  let isClosed = false;
  let settling: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isAskedAgain = false;
  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      await look();
    } while (isAskedAgain && !isClosed);
    looking = undefined;
  };
  const start = (): void => {
    if (isClosed) return;
    if (looking === undefined) looking = run();
    else isAskedAgain = true;
  };
  const soon = (): void => {
    clearTimeout(settling);
    if (settleMs === 0) start();
    else settling = setTimeout(start, settleMs).unref();
  };
  const watcher = watch([...paths], {
    ignoreInitial: true,
    atomic: true,
    ignorePermissionErrors: true,
    followSymlinks: false,
    depth: 16,
    ignored: (path) => /(^|[/\\])(node_modules|\.git)$/.test(path),
  });
  // `ready`: what changes before the watch stands is told by nobody.
  for (const event of ['ready', 'add', 'change', 'unlink', 'unlinkDir'] as const) watcher.on(event, soon);
  // Without events there is still the look every some seconds.
  watcher.on('error', () => undefined);
  const timer = setInterval(start, pollMs);
  timer.unref();
  return {
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      clearTimeout(settling);
      await watcher.close();
      await looking;
    },
  };
}
