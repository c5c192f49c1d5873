import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
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
import { logId } from '#shared/text/log-id.ts';
import { Watch } from '../../correlate/index.ts';
import { domainFor, parseObject, type RuleSet, selEventIn } from '../../detect/index.ts';
import { componentOfType } from '../component.ts';
import { EventRules } from './event-rules.ts';
import type { ArrivedEvent } from './fold.ts';
import { keepWithinBounds } from './forget.ts';
import { type Judgement, judgeEvents, judgeTime, nextLook } from './judge.ts';
import { type EventMetrics, eventMetrics } from './metrics.ts';
import { HostEvents } from './state.ts';
import type { TellingOptions } from './telling.ts';

const hardwareEventsGroup = 'hardware-events';

/** The log type whose events are judged. */
const type = 'ipmi';
/** What is long over is looked for so often, in milliseconds. */
const tidyEveryMs = 3_600_000;
const mebibyte = 1024 * 1024;

export interface HardwareEventsOptions {
  readonly config: Config;
  readonly rules: RuleSet;
  readonly logger?: Logger;
  readonly metrics?: Registry;
}

/**
 * The stage that judges the events of BMCs on `logs.ipmi`: what stays is a hit, what is taken back in time healed. What it knows of
 * each machine goes out with the signals and the offset that they cover.
 */
export function hardwareEventsStage(options: HardwareEventsOptions): StageDefinition {
  const { config, rules, logger, metrics } = options;
  const observe = metrics && eventMetrics(metrics);
  const packs = config.routes[type]?.packs;
  const telling = { config, rules: new EventRules({ rules, packs, language: config.language }) };
  return {
    group: hardwareEventsGroup,
    input: topic.logs(type),
    start: 'committed',
    state: [topic.hardware('events')],
    task: (partition) => new EventsTask({ telling, config, partition, logger, observe }),
  };
}

interface TaskOptions {
  readonly telling: TellingOptions;
  readonly config: Config;
  readonly partition: number;
  readonly logger: Logger | undefined;
  readonly observe: EventMetrics | undefined;
}

/** One machine as it is remembered. */
interface Kept {
  readonly state: HostEvents;
  readonly bytes: number;
  /** When the clock may have something to tell of it, infinity where nothing waits; and when to look for what is long over. */
  readonly next: number;
  tidyAt: number;
}

class EventsTask implements StageTask {
  readonly #options: TaskOptions;
  readonly #signalPartition: number;
  readonly #watch = new Watch();
  /** By host, the one heard of least lately first. */
  readonly #hosts = new Map<string, Kept>();
  #bytes = 0;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.#signalPartition = domainFor(options.config.domains, type, 'hardware').partition;
  }

  restore({ key, value, offset }: BusRecord): void {
    const host = key?.toString('utf8');
    if (host === undefined) return;
    this.#forget(host);
    if (value === null) return;
    const read = readValue(HostEvents, value);
    if (read.ok) {
      this.#keep(read.value, value.length, 0);
      return;
    }
    // Falls open: what stands on this machine is told again when it is asserted again, rather than holding up all the others.
    this.#options.observe?.unreadable();
    this.#options.logger?.error({ host, offset }, `unreadable state of a machine's events: ${read.reason}`);
  }

  handle(input: StageInput<never>, { now }: StageContext): StageResult<never> {
    switch (input.kind) {
      case 'batch':
        return this.#fold(input.records, now);
      case 'tick':
        return this.#tick(now, input.caughtUp);
      case 'effect':
        return { records: [] };
    }
  }

  #fold(records: readonly BusRecord[], now: number): StageResult<never> {
    const byHost = new Map<string, ArrivedEvent[]>();
    for (const record of records) {
      const { value, timestamp } = record;
      const parsed = value === null ? undefined : parseObject(value);
      const event = parsed && selEventIn(parsed, type);
      if (parsed === undefined || event === undefined) continue;
      const { sensor, severity } = event.ipmi;
      // By component: the type is text of whoever sent it, and each value of a label is a series.
      this.#options.observe?.read(componentOfType(sensor?.type ?? ''), severity);
      const arrivedAt = timestamp >= 0 && timestamp <= now ? timestamp : now;
      const known = byHost.get(event.host.name);
      const arrived = { event, id: logId(parsed, record), arrivedAt };
      if (known === undefined) byHost.set(event.host.name, [arrived]);
      else known.push(arrived);
    }
    const out: OutRecord[] = [];
    for (const [host, events] of byHost) {
      const before = this.#hosts.get(host)?.state ?? { host, sensors: [], modules: [] };
      const judged = judgeEvents(before, events, this.#options.telling);
      if (judged.changed) out.push(...this.#take(judged, now));
    }
    out.push(...this.#keepWithinBound());
    const last = records.at(-1);
    return { records: out, ...(last !== undefined && { covers: last.offset + 1 }) };
  }

  #tick(now: number, caughtUp: boolean): StageResult<never> {
    const clock = this.#watch.at(now, caughtUp);
    if (clock === undefined) return { records: [] };
    const out: OutRecord[] = [];
    let waiting = 0;
    for (const kept of [...this.#hosts.values()]) {
      if (kept.next < Number.POSITIVE_INFINITY) waiting += 1;
      if (now < Math.min(kept.next, kept.tidyAt)) continue;
      kept.tidyAt = now + tidyEveryMs;
      const judged = judgeTime(kept.state, clock, this.#options.telling);
      if (judged.changed) out.push(...this.#take(judged, now));
    }
    this.#options.observe?.state(this.#options.partition, {
      hosts: this.#hosts.size,
      waiting,
      bytes: this.#bytes,
    });
    return { records: out };
  }

  /** Remembers what was judged, and gives it out with what is told. */
  #take({ state, signals, healed }: Judgement, now: number): OutRecord[] {
    const { observe, partition, logger } = this.#options;
    for (const component of healed) observe?.healed(component);
    for (const { rule, kind } of signals) observe?.told(rule, kind);
    const dropped = keepWithinBounds(state);
    if (dropped > 0) {
      observe?.dropped(dropped);
      logger?.warn({ host: state.host, dropped }, 'the events of a machine are too many to remember all');
    }
    const told = signals.map((signal) => ({
      topic: topic.signals,
      partition: this.#signalPartition,
      key: signal.kind === 'hit' ? signal.fingerprint : signal.rule,
      value: JSON.stringify(signal),
    }));
    const isEmpty = state.sensors.length === 0 && state.modules.length === 0;
    const value = isEmpty ? null : JSON.stringify(state);
    if (value === null) this.#forget(state.host);
    else this.#keep(state, Buffer.byteLength(value), now + tidyEveryMs);
    return [...told, { topic: topic.hardware('events'), partition, key: state.host, value }];
  }

  #keep(state: HostEvents, bytes: number, tidyAt: number): void {
    this.#forget(state.host);
    const next = nextLook(state, this.#options.telling);
    this.#hosts.set(state.host, { state, bytes, next, tidyAt });
    this.#bytes += bytes;
  }

  #forget(host: string): void {
    this.#bytes -= this.#hosts.get(host)?.bytes ?? 0;
    this.#hosts.delete(host);
  }

  /** Gives up machines that were heard of least lately where all of them are too much for the memory. */
  #keepWithinBound(): OutRecord[] {
    const { config, observe, partition, logger } = this.#options;
    const out: OutRecord[] = [];
    for (const [host, { state }] of this.#hosts) {
      if (this.#bytes <= config.hardware.megabytes * mebibyte) return out;
      this.#forget(host);
      observe?.dropped(state.sensors.length + state.modules.length);
      logger?.warn({ host }, 'too many machines to remember the events of all: hardware.megabytes');
      out.push({ topic: topic.hardware('events'), partition, key: host, value: null });
    }
    return out;
  }
}
