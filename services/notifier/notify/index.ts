import type { StageDefinition } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { type NotifyOptions, NotifyTask, notifyStageName } from './task.ts';

export type { NotifyOptions } from './task.ts';

/**
 * The stage that decides what the channels hear: from `findings` to the outboxes, with its memory on `groups`; what cards show of
 * findings that were told before is on `findings` itself.
 */
export function notifyStage(options: NotifyOptions): StageDefinition {
  return {
    group: notifyStageName,
    input: topic.findings,
    start: 'committed',
    state: [topic.groups, topic.findings],
    task: (partition) => new NotifyTask(options, partition),
  };
}
