import type { StageDefinition } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { type PollOptions, type PollOutcome, PollTask } from './task.ts';

export type { PollObserver } from './observer.ts';
export { serverOf } from './records.ts';
export { PollsUnderWay } from './under-way.ts';

/**
 * The stage that polls BMCs: one active member, whatever the number of processes. Its input is its own state, since what drives it
 * are ticks and the ends of its polls (docs/decisions/0014-polling.md).
 */
export function pollStage(options: PollOptions): StageDefinition<PollOutcome> {
  return {
    group: 'ipmi',
    input: topic.positions,
    start: 'committed',
    state: [topic.positions],
    task: () => new PollTask(options),
  };
}
