import { SingleBar } from 'cli-progress';
import type { ScanProgress } from '#services/analyzer/scan/index.ts';

/** Shows how far a scan is. */
interface ProgressDisplay {
  show(progress: ScanProgress): void;
  stop(): void;
}

const mebibyte = 1024 * 1024;

/** Shows how far the work is while it goes on, and takes that away at its end, however it ends. */
export async function withScanProgress<Result>(
  work: (onProgress: ((progress: ScanProgress) => void) | undefined) => Promise<Result>,
): Promise<Result> {
  const display = scanProgress(Date.now);
  try {
    return await work(display?.show);
  } finally {
    display?.stop();
  }
}

/** A bar on standard error where that is a terminal: bytes, rate, findings. */
function scanProgress(clock: () => number): ProgressDisplay | undefined {
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
