import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { deadLetter } from '#shared/bus/dead-letter.ts';
import type {
  BusRecord,
  OutRecord,
  StageContext,
  StageDefinition,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { type Clear, type Hit, Metric, type MetricSource } from '#shared/model/index.ts';
import { domainFor } from '../../detect/index.ts';
import { Fleet } from './fleet.ts';
import { MachineRecord } from './machine.ts';
import { type ReadingsMetrics, readingsMetrics } from './metrics.ts';

const minuteMs = 60_000;
/** What is only history is published so seldom: a crash reads the records since then again, which the state then has or has not. */
const publishEveryMs = 5 * minuteMs;
/** Such states in one transaction, some hundred KB each at the most; the others come with the next tick. */
const maxAtOnce = 10;
/** A finding that lasts is told again three times before correlation takes it for quiet, and every ten minutes at the least. */
const toldWithinQuiet = 3;
const toldEveryMs = 10 * minuteMs;

export interface ReadingsStageOptions {
  readonly source: MetricSource;
  readonly config: Pick<Config, 'domains' | 'language' | 'hardware' | 'ipmi' | 'incidents'>;
  readonly logger?: Logger;
  readonly metrics?: Registry;
}

/** The consumer group of the stage of a source, and the name that its dead letters carry. */
function readingsGroup(source: MetricSource): string {
  return `hardware-${source}`;
}

/**
 * The stage that judges `metrics.<source>`. Its state is `hardware.<source>`: a record a server, whole. Each says up to which offset it
 * is, so that records which come again after a crash are counted once, and one server's state can be published without the others'.
 */
export function readingsStage(options: ReadingsStageOptions): StageDefinition {
  const { source } = options;
  const metrics = options.metrics && readingsMetrics(options.metrics, source);
  return {
    group: readingsGroup(source),
    input: topic.metrics(source),
    start: 'committed',
    state: [topic.hardware(source)],
    task: (partition) => new ReadingsTask(options, partition, metrics),
  };
}

/** Since when a server has something that is not published: the first offset of it, and the clock's reading. */
interface Unpublished {
  readonly offset: number;
  readonly since: number;
}

class ReadingsTask implements StageTask {
  readonly #options: ReadingsStageOptions;
  readonly #partition: number;
  readonly #metrics: ReadingsMetrics | undefined;
  readonly #fleet: Fleet;
  readonly #stateTopic: string;
  readonly #repeatMs: number;
  readonly #unpublished = new Map<string, Unpublished>();
  /** What has been read ends before this offset. */
  #readTo: number | undefined;
  #sizeToldAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReadingsStageOptions, partition: number, metrics: ReadingsMetrics | undefined) {
    this.#options = options;
    this.#partition = partition;
    this.#metrics = metrics;
    this.#fleet = new Fleet(options);
    this.#stateTopic = topic.hardware(options.source);
    const quietMs = options.config.incidents.quietMinutes * minuteMs;
    this.#repeatMs = Math.min(toldEveryMs, quietMs / toldWithinQuiet);
  }

  restore(record: BusRecord): void {
    if (record.value === null) {
      if (record.key !== null) this.#fleet.drop(record.key.toString('utf8'));
      return;
    }
    const read = readValue(MachineRecord, record.value);
    if (read.ok) this.#fleet.restore(read.value);
    // Falls to the side of telling twice: what is usual of the machine is learned anew, and what is wrong with it is told again.
    else
      this.#options.logger?.error({ offset: record.offset }, `unreadable state of a machine: ${read.reason}`);
  }

  handle(input: StageInput<never>, { now }: StageContext): StageResult<never> {
    switch (input.kind) {
      case 'batch':
        return this.#take(input.records, now);
      case 'tick':
        return this.#tick(now, input.caughtUp);
      case 'effect':
        return { records: [] };
    }
  }

  #take(records: readonly BusRecord[], now: number): StageResult<never> {
    const dead: OutRecord[] = [];
    const signals: (Hit | Clear)[] = [];
    const changed = new Set<string>();
    for (const record of records) {
      const read = readValue(Metric, record.value);
      this.#readTo = record.offset + 1;
      if (!read.ok) {
        dead.push(deadLetter(record, readingsGroup(this.#options.source), read.reason, now));
        continue;
      }
      const { server } = read.value;
      const told = this.#fleet.take(read.value, record.offset, Math.min(record.timestamp, now));
      if (told === undefined) continue;
      if (!this.#unpublished.has(server))
        this.#unpublished.set(server, { offset: record.offset, since: now });
      if (told.length === 0) continue;
      signals.push(...told);
      changed.add(server);
    }
    this.#metrics?.took(records.length);
    // A dead letter goes out with the offset that covers it, or a replay would send it twice: so does what comes before it.
    if (dead.length > 0) for (const server of this.#unpublished.keys()) changed.add(server);
    const forgotten = this.#forget(now, false);
    if (changed.size === 0 && dead.length === 0 && forgotten.length === 0) return { records: [] };
    return this.#publish([...dead, ...forgotten], signals, changed);
  }

  #tick(now: number, caughtUp: boolean): StageResult<never> {
    const due = this.#fleet.due(now, this.#repeatMs, caughtUp);
    const changed = new Set(due.keys());
    let seldom = 0;
    for (const [server, { since }] of this.#unpublished) {
      if (now - since < publishEveryMs || seldom >= maxAtOnce) break;
      changed.add(server);
      seldom += 1;
    }
    const forgotten = this.#forget(now, caughtUp);
    if (now - this.#sizeToldAt >= minuteMs) {
      this.#sizeToldAt = now;
      this.#metrics?.state(this.#partition, this.#fleet.size());
    }
    if (changed.size === 0 && forgotten.length === 0) return { records: [] };
    return this.#publish(forgotten, [...due.values()].flat(), changed);
  }

  #publish(
    first: readonly OutRecord[],
    signals: readonly (Hit | Clear)[],
    changed: ReadonlySet<string>,
  ): StageResult<never> {
    const records: OutRecord[] = [...first, ...signals.map((signal) => this.#signal(signal))];
    for (const server of changed) {
      const record = this.#fleet.record(server);
      this.#unpublished.delete(server);
      if (record !== undefined) records.push(this.#state(server, JSON.stringify(record)));
    }
    let covers = this.#readTo;
    for (const { offset } of this.#unpublished.values())
      covers = covers === undefined ? undefined : Math.min(covers, offset);
    return { records, ...(covers !== undefined && { covers }) };
  }

  #signal(signal: Hit | Clear): OutRecord {
    const { domains } = this.#options.config;
    this.#metrics?.told(signal.rule, signal.kind);
    return {
      topic: topic.signals,
      partition: domainFor(domains, signal.type, signal.service).partition,
      key: signal.kind === 'hit' ? signal.fingerprint : signal.rule,
      value: JSON.stringify(signal),
    };
  }

  #state(server: string, value: string | null): OutRecord {
    return { topic: this.#stateTopic, partition: this.#partition, key: server, value };
  }

  /** Tombstones of what is given up. */
  #forget(now: number, caughtUp: boolean): OutRecord[] {
    const { old, evicted } = this.#fleet.forget(now, caughtUp);
    if (evicted.length > 0) {
      const { source, logger } = this.#options;
      this.#metrics?.evicted(evicted.length);
      logger?.warn(
        { source, partition: this.#partition, machines: evicted.length },
        'too many machines for hardware.megabytes: what was known of those heard of longest ago is forgotten; raise it, or hardware.partitions',
      );
    }
    return [...old, ...evicted].map((server) => {
      this.#unpublished.delete(server);
      return this.#state(server, null);
    });
  }
}
