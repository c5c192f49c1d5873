import { SingleBar } from 'cli-progress';
import type { EvalProgress } from '#services/analyzer/eval/index.ts';

/** Shows how far a model is with the scenarios while it goes on: a bar on standard error where that is a terminal. */
export async function withEvalProgress<Result>(
  model: string,
  work: (onProgress: ((progress: EvalProgress) => void) | undefined) => Promise<Result>,
): Promise<Result> {
  if (process.stderr.isTTY !== true) return work(undefined);
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 20,
    format: '{bar} {value} of {total}  {failed} failed  {model}  {eta_formatted} left',
  });
  let isStarted = false;
  try {
    return await work(({ done, total, failed }) => {
      if (!isStarted) bar.start(total, 0, { failed, model });
      isStarted = true;
      bar.update(done, { failed, model });
    });
  } finally {
    bar.stop();
  }
}
