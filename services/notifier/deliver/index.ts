import type { StageDefinition } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { DeliverOptions } from './options.ts';
import type { DeliverOutcome } from './sending.ts';
import { DeliverTask } from './task.ts';

export type { ChannelState, DeliverObserver } from './observer.ts';
export type { DeliverOptions } from './options.ts';
export type { DeliverOutcome } from './sending.ts';

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
