import { SingleBar } from 'cli-progress';
import type { IpmiWording } from './wording.ts';

/** What is over by then needs no bar. In milliseconds. */
const patience = 2000;

/** While the work goes on longer than two seconds, a line on standard error says how many have answered, where that is a terminal. */
export async function withAskProgress<Result>(
  total: number,
  words: IpmiWording,
  work: (onDone: () => void) => Promise<Result>,
): Promise<Result> {
  if (process.stderr.isTTY !== true) return work(() => undefined);
  let done = 0;
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: (_options, { value }) => words.asking(value, total),
  });
  const timer = setTimeout(() => bar.start(total, done), patience);
  try {
    return await work(() => {
      done += 1;
      if (bar.isActive) bar.update(done);
    });
  } finally {
    clearTimeout(timer);
    bar.stop();
  }
}
