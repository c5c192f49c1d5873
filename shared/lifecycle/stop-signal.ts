/** An orchestrator kills after this long, counted from the first signal. */
const graceMs = 10_000;

/**
 * A signal that aborts at the first SIGTERM or SIGINT. A second one, or 10 s without an end, calls `exitNow` with the exit
 * code that shells give a process ended by that signal.
 */
export function stopSignal(exitNow: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  const listen = (name: 'SIGTERM' | 'SIGINT', number: number): void => {
    process.on(name, () => {
      if (controller.signal.aborted) return exitNow(128 + number);
      controller.abort();
      setTimeout(() => exitNow(128 + number), graceMs).unref();
    });
  };
  listen('SIGINT', 2);
  listen('SIGTERM', 15);
  return controller.signal;
}
