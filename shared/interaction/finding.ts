import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import { Finding } from '#shared/model/index.ts';
import type { StoreReader } from '#shared/store/port.ts';

/** Where findings are looked up. */
export interface FindingSource {
  readonly bus: Bus;
  readonly store: Pick<StoreReader, 'finding'>;
  readonly logger: Logger;
  readonly config: Pick<Config, 'domains'>;
}

/** `<domain partition>-<fingerprint>-<opened, base 36 ms>`, as correlate makes them. */
const incidentId = /^(\d{1,3})-[\w.:-]{1,180}$/;
/** A store that does not answer in time must not hold up what a person wants; the bus knows as much. */
const storePatienceMs = 1000;

/** The partition of an incident on the narrow topics, its domain's; `undefined` where this can be no incident's id. */
export function partitionOf(id: string, { domains }: Pick<Config, 'domains'>): number | undefined {
  const partition = Number(incidentId.exec(id)?.[1] ?? Number.NaN);
  return domains.find((domain) => domain.partition === partition)?.partition;
}

/**
 * The newest finding of an incident. The store is quick and may be behind, or away; the topic is neither, but is read whole.
 *
 * @param isEnough whether what the store has will do
 * @throws LogpatrolError `unreachable` where it has to be read from the bus, and that does not answer
 */
export async function latestFinding(
  { bus, store, logger, config }: FindingSource,
  id: string,
  isEnough: (finding: Finding) => boolean,
): Promise<Finding | undefined> {
  const partition = partitionOf(id, config);
  if (partition === undefined) return undefined;
  const stored = await inTime(store.finding(id), logger);
  if (stored !== undefined && isEnough(stored)) return stored;
  const key = Buffer.from(id);
  let newest = stored;
  for await (const record of bus.read(topic.findings, { partition })) {
    if (record.key === null || !record.key.equals(key)) continue;
    const read = readValue(Finding, record.value);
    if (read.ok && read.value.revision >= (newest?.revision ?? 0)) newest = read.value;
  }
  return newest;
}

async function inTime(asked: Promise<Finding | undefined>, logger: Logger): Promise<Finding | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      asked,
      delay(storePatienceMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
  } catch (thrown) {
    logger.warn(`a finding is looked up on the bus, for the store does not have it: ${messageOf(thrown)}`);
    return undefined;
  } finally {
    timer.abort();
    // An answer that is no longer waited for may be a failure.
    asked.catch(() => undefined);
  }
}
