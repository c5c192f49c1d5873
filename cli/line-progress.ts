import { SingleBar } from 'cli-progress';

/** Shows how far a run over stored lines is. */
export interface LineProgress {
  show(progress: { readonly lines: number; readonly totalLines: number; readonly findings: number }): void;
  stop(): void;
}

/** A run that is over by then needs no bar. In milliseconds. */
const patience = 2000;

/** A bar on standard error where that is a terminal, once the run has taken two seconds: lines, rate, findings. */
export function lineProgress(clock: () => number): LineProgress | undefined {
  if (process.stderr.isTTY !== true) return undefined;
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 50,
    format:
      '{bar} {percentage}%  {value} of {total} lines  {rate}/s  {findings} findings  {eta_formatted} left',
  });
  const started = clock();
  let isStarted = false;
  return {
    show({ lines, totalLines, findings }) {
      const elapsed = clock() - started;
      if (elapsed < patience) return;
      const payload = { rate: Math.round((lines / elapsed) * 1000), findings };
      if (!isStarted) {
        isStarted = true;
        bar.start(totalLines, 0, payload);
      }
      // Lines have come since they were counted.
      if (lines > totalLines) bar.setTotal(lines);
      bar.update(lines, payload);
    },
    stop: () => bar.stop(),
  };
}
