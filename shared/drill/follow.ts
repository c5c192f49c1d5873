import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { Delivery, drillService, Finding, Incident, Message, Signal } from '#shared/model/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import type { DrillPlan } from './plan.ts';
import type { DrillHopName } from './report.ts';
import { Trail } from './trail.ts';

/** A hop as it was seen. */
export interface Seen {
  readonly name: DrillHopName;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly detail: string;
}

/** What is known of a hop that was not reached. */
export interface Unseen {
  readonly name: DrillHopName;
  /** What was said by whoever refused, or did not answer; absent where nothing came at all. */
  readonly why?: string;
}

/** Where records of each hop come by. */
export type Trails = Readonly<Record<Exclude<DrillHopName, 'stored'>, Trail>>;

/** How long is waited between two looks. */
const everyMs = 150;
/** A line is not older than this where the store is asked for it: clocks differ. */
const skewMs = 10 * 60_000;

/** Begins to watch, before the line is written. @throws LogpatrolError as `Trail.begin` says */
export async function watchPath(bus: Bus, { type, channel }: DrillPlan): Promise<Trails> {
  const begin = (name: string) => Trail.begin(bus, name);
  const [line, signal, incident, finding, message, delivery] = await Promise.all([
    begin(topic.logs(type)),
    begin(topic.signals),
    begin(topic.incidents),
    begin(topic.findings),
    begin(topic.outbox(channel)),
    begin(topic.deliveries),
  ]);
  return { line, signal, incident, finding, message, delivery };
}

/** Looks until it is there; `undefined` once the signal says stop. What does not answer is asked again. */
async function until<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
  trouble: (why: string) => void,
): Promise<T | undefined> {
  const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  while (!signal.aborted) {
    const looking = look();
    // A look that is given up may still fail; nobody is interested.
    looking.catch(() => undefined);
    try {
      const found = await Promise.race([looking, stopped]);
      if (found !== undefined) return found;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof LogpatrolError)) throw error;
      trouble(messageOf(error));
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined); // the loop ends by the signal
  }
  return undefined;
}

/**
 * Follows the drill from topic to topic, each hop once the one before it is there.
 *
 * @returns the hop that was not reached, if any
 */
export async function followBus(
  trails: Trails,
  { id, channel }: DrillPlan,
  signal: AbortSignal,
  seen: (hop: Seen) => void,
): Promise<Unseen | undefined> {
  let why: string | undefined;
  const trouble = (line: string): void => {
    why = line;
  };
  const unseen = (name: DrillHopName): Unseen => ({ name, ...(why !== undefined && { why }) });

  const line = await until(() => trails.line.find(id, ({ timestamp }) => timestamp), signal, trouble);
  if (line === undefined) return unseen('line');
  seen({ name: 'line', at: line, detail: 'on the bus' });

  const hit = await until(
    () =>
      trails.signal.find(id, ({ value, timestamp }) => {
        const read = readValue(Signal, value);
        return read.ok && read.value.kind === 'hit' ? { rule: read.value.rule, timestamp } : undefined;
      }),
    signal,
    trouble,
  );
  if (hit === undefined) return unseen('signal');
  seen({ name: 'signal', at: hit.timestamp, detail: `rule ${hit.rule}` });

  const incident = await until(
    () =>
      trails.incident.find(id, ({ value, timestamp }) => {
        const read = readValue(Incident, value);
        return read.ok ? { id: read.value.id, timestamp } : undefined;
      }),
    signal,
    trouble,
  );
  if (incident === undefined) return unseen('incident');
  seen({ name: 'incident', at: incident.timestamp, detail: incident.id });

  const finding = await until(
    () =>
      trails.finding.find(incident.id, ({ value, timestamp }) => {
        const read = readValue(Finding, value);
        return read.ok && read.value.id === incident.id ? { finding: read.value, timestamp } : undefined;
      }),
    signal,
    trouble,
  );
  if (finding === undefined) return unseen('finding');
  seen({ name: 'finding', at: finding.timestamp, detail: reasoningWords[finding.finding.reasoning] });

  const message = await until(
    () =>
      trails.message.find(incident.id, ({ value, timestamp }) => {
        const read = readValue(Message, value);
        return read.ok && read.value.finding.id === incident.id
          ? { id: read.value.id, timestamp }
          : undefined;
      }),
    signal,
    trouble,
  );
  if (message === undefined) return unseen('message');
  seen({ name: 'message', at: message.timestamp, detail: `in the outbox of ${channel}: ${message.id}` });

  const delivery = await until(
    () =>
      trails.delivery.find(incident.id, ({ value, timestamp }) => {
        const read = readValue(Delivery, value);
        if (!read.ok || read.value.incidentId !== incident.id || read.value.channel !== channel)
          return undefined;
        if (read.value.error !== undefined) trouble(`${channel} says: ${saidBy(read.value)}`);
        const { outcome } = read.value;
        return outcome === 'sent' || outcome === 'dead' ? { delivery: read.value, timestamp } : undefined;
      }),
    signal,
    trouble,
  );
  if (delivery?.delivery.outcome !== 'sent') return unseen('delivery');
  const { response_time_ms, attempt } = delivery.delivery;
  const tries = attempt > 1 ? `, at the ${attempt}th call` : '';
  seen({
    name: 'delivery',
    at: delivery.timestamp,
    detail: `accepted by ${channel} in ${Math.round(response_time_ms ?? 0)} ms${tries}`,
  });
  return undefined;
}

/** Looks for the line in the store, beside the path: cards do not wait for it. */
export async function followStore(
  store: Pick<StoreReader, 'searchLogs'>,
  { id, type }: DrillPlan,
  startedAt: number,
  clock: () => number,
  signal: AbortSignal,
  seen: (hop: Seen) => void,
): Promise<Unseen | undefined> {
  let why: string | undefined;
  const found = await until(
    async () => {
      const query = { type, service: drillService, from: startedAt - skewMs, keywords: [id], limit: 1 };
      const [line] = await store.searchLogs({ ...query, signal });
      return line && clock();
    },
    signal,
    (line) => {
      why = line;
    },
  );
  if (found === undefined) return { name: 'stored', ...(why !== undefined && { why }) };
  seen({ name: 'stored', at: found, detail: 'found by a search' });
  return undefined;
}

const reasoningWords: Record<Finding['reasoning'], string> = {
  model: "with the model's answer",
  pending: 'by rules; the model had not answered in its time',
  unavailable: 'by rules; the model is not available',
  off: 'by rules; no model is configured',
};

function saidBy({ code, error = '' }: Delivery): string {
  return code === undefined || error.includes(code) ? error : `${code} ${error}`;
}
