import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { Control } from '#shared/model/index.ts';

/** What the topic `controls` says, and where it ends. */
export interface ControlState {
  readonly controls: Map<string, Control>;
  /** The next offset by partition. */
  readonly next: Map<number, number>;
}

/**
 * Reads the topic `controls` from where `state` ends into it, or whole into a new one. What is no control is logged and passed
 * over; it then takes away what its key had before, for to mute by what is no longer true would be worse than to tell.
 *
 * @returns whether anything was read
 * @throws LogpatrolError `unreachable` where the bus does not answer; what was read until then is in `state`
 */
export async function readControls(
  bus: Bus,
  logger: Logger,
  state: ControlState = { controls: new Map(), next: new Map() },
): Promise<{ state: ControlState; changed: boolean }> {
  let changed = false;
  for await (const { key, value, partition, offset } of bus.read(topic.controls, { from: state.next })) {
    state.next.set(partition, offset + 1);
    changed = true;
    const id = key?.toString('utf8') ?? '';
    const read = value === null ? undefined : readValue(Control, value);
    if (read?.ok === true && read.value.id === id) state.controls.set(id, read.value);
    else {
      state.controls.delete(id);
      if (read !== undefined)
        logger.error(
          { topic: topic.controls, partition, offset },
          `unreadable control is passed over: ${read.ok ? 'its id is not its key' : read.reason}`,
        );
    }
  }
  return { state, changed };
}
