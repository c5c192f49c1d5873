/** Watches for an event loop that stood still: work that never yields, or a process that was stopped and continued. */
export interface EventLoopWatch {
  /** The longest standstill, in milliseconds, of those that ended within the last minute. */
  longestMs(): number;
  stop(): void;
}

const everyMs = 500;
const rememberedMs = 60_000;

/** Starts watching; the timer keeps no process alive. `clock`: a monotonic time in milliseconds. */
export function watchEventLoop(clock: () => number): EventLoopWatch {
  let last = clock();
  let stalls: { endedAt: number; ms: number }[] = [];
  const beat = (): void => {
    const now = clock();
    const ms = now - last - everyMs;
    last = now;
    stalls = stalls.filter((stall) => now - stall.endedAt < rememberedMs);
    if (ms > everyMs) stalls.push({ endedAt: now, ms });
  };
  const timer = setInterval(beat, everyMs).unref();
  return {
    longestMs: () => {
      const now = clock();
      const recent = stalls.filter((stall) => now - stall.endedAt < rememberedMs);
      return Math.max(now - last - everyMs, 0, ...recent.map((stall) => stall.ms));
    },
    stop: () => clearInterval(timer),
  };
}
