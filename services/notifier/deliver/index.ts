import type { StageDefinition } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { type DeliverOptions, type DeliverOutcome, DeliverTask } from './task.ts';

export type { DeliverObserver } from './observer.ts';
export type { DeliverOptions, DeliverOutcome } from './task.ts';

/** The stage that sends a channel's messages: one active sender, from the outbox to the far side, with every attempt on `deliveries`. */
export function deliverStage(options: DeliverOptions): StageDefinition<DeliverOutcome> {
  return {
    group: `deliver-${options.name}`,
    input: topic.outbox(options.name),
    start: 'committed',
    state: [topic.deliveries],
    task: () => new DeliverTask(options),
  };
}
