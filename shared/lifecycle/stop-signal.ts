/** An orchestrator kills after this long, counted from the first signal. */
const graceMs = 10_000;

/** npm passes on a Ctrl-C that the terminal has sent to its child already: what follows so soon is an echo, not a wish. */
const echoMs = 500;

/**
 * A signal that aborts at the first SIGTERM or SIGINT. A second one, or 10 s without an end, calls `exitNow` with the exit
 * code that shells give a process ended by that signal.
 */
export function stopSignal(exitNow: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  let toldAt = 0;
  const listen = (name: 'SIGTERM' | 'SIGINT', number: number): void => {
    process.on(name, () => {
      if (controller.signal.aborted) {
        if (performance.now() - toldAt > echoMs) exitNow(128 + number);
        return;
      }
      toldAt = performance.now();
      controller.abort();
      setTimeout(() => exitNow(128 + number), graceMs).unref();
    });
  };
  listen('SIGINT', 2);
  listen('SIGTERM', 15);
  return controller.signal;
}
