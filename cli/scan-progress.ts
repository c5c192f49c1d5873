import { SingleBar } from 'cli-progress';
import type { ScanProgress } from '#services/analyzer/scan/index.ts';

/** Shows how far a scan is. */
export interface ProgressDisplay {
  show(progress: ScanProgress): void;
  stop(): void;
}

const mebibyte = 1024 * 1024;

/** A bar on standard error where that is a terminal: bytes, rate, findings. */
export function scanProgress(clock: () => number): ProgressDisplay | undefined {
  if (process.stderr.isTTY !== true) return undefined;
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: '{bar} {read} MiB  {rate} MiB/s  {findings} findings',
  });
  const started = clock();
  let isStarted = false;
  return {
    show({ bytes, totalBytes, findings }) {
      const seconds = Math.max(0.001, (clock() - started) / 1000);
      const payload = {
        read: (bytes / mebibyte).toFixed(0),
        rate: (bytes / mebibyte / seconds).toFixed(0),
        findings,
      };
      if (!isStarted) {
        isStarted = true;
        bar.start(totalBytes ?? 0, 0, payload);
      }
      // Without a known end the bar stays full and the numbers tell.
      if (totalBytes === undefined) bar.setTotal(bytes);
      bar.update(bytes, payload);
    },
    stop: () => bar.stop(),
  };
}
