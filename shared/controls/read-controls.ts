import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { Control, Preference } from '#shared/model/index.ts';
import { preferenceKey } from './preference-key.ts';

/** What the topic `controls` says, and where it ends. */
export interface ControlState {
  readonly controls: Map<string, Control>;
  /** By key of `people` or `teams`. */
  readonly preferences: Map<string, Preference>;
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
  state: ControlState = { controls: new Map(), preferences: new Map(), next: new Map() },
): Promise<{ state: ControlState; changed: boolean }> {
  let changed = false;
  for await (const { key, value, partition, offset } of bus.read(topic.controls, { from: state.next })) {
    state.next.set(partition, offset + 1);
    changed = true;
    const id = key?.toString('utf8') ?? '';
    const wrong = take(state, id, value);
    if (wrong !== undefined)
      logger.error(
        { topic: topic.controls, partition, offset },
        `unreadable control is passed over: ${wrong}`,
      );
  }
  return { state, changed };
}

/** Takes one record in; gives what is wrong with it, where anything is. */
function take(
  { controls, preferences }: ControlState,
  key: string,
  value: Buffer | null,
): string | undefined {
  const who = preferenceKey.whoOf(key);
  if (who === undefined) controls.delete(key);
  else preferences.delete(who);
  if (value === null) return undefined;
  if (who !== undefined) {
    const read = readValue(Preference, value);
    if (!read.ok) return read.reason;
    if (read.value.who !== who) return 'it is not of whom its key names';
    preferences.set(who, read.value);
    return undefined;
  }
  const read = readValue(Control, value);
  if (!read.ok) return read.reason;
  if (read.value.id !== key) return 'its id is not its key';
  controls.set(key, read.value);
  return undefined;
}
