import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { Delivery, Message } from '#shared/model/index.ts';
import type { MessageReport } from './report.ts';

/**
 * All that is known of a message or a digest by its id; `undefined` where nothing is.
 *
 * @throws LogpatrolError `unreachable` where the bus does not answer
 */
export async function readMessage(bus: Bus, config: Config, id: string): Promise<MessageReport | undefined> {
  const deliveries: Delivery[] = [];
  const members = new Set<string>();
  for await (const { value } of bus.read(topic.deliveries)) {
    const read = readValue(Delivery, value);
    if (!read.ok) continue;
    if (read.value.messageId === id) deliveries.push(read.value);
    else if (read.value.digestId === id) members.add(read.value.messageId);
  }
  const channels = Object.keys(config.channels);
  const [known] = deliveries;
  let message: Message | undefined;
  for (const channel of known === undefined ? channels : channels.filter((name) => name === known.channel))
    for await (const { value } of bus.read(topic.outbox(channel))) {
      // The id is in every value that can be the one; the rest need not be parsed.
      if (value?.includes(id) !== true) continue;
      const read = readValue(Message, value);
      if (read.ok && read.value.id === id) message = read.value;
    }
  if (message === undefined && deliveries.length === 0) return undefined;
  return { ...(message && { message }), deliveries, members: [...members] };
}
