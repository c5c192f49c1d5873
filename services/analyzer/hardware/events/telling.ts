import type { Config } from '#shared/config/index.ts';
import { type Clear, compareSeverity, type Exemplar, type Hit } from '#shared/model/index.ts';
import type { Component } from '../component.ts';
import { hardwareClear, hardwareHit } from '../hit.ts';
import { type EventRules, flappingRule } from './event-rules.ts';
import type { Fault, Line, Module, Sensor, Standing } from './state.ts';
import { flappingDetail, memoryDetail, standingDetail } from './wording.ts';

export interface TellingOptions {
  readonly rules: EventRules;
  readonly config: Pick<Config, 'hardware' | 'language' | 'domains'>;
}

/** What stays is open for so long where nothing ends it, in milliseconds: some BMCs lose the event that would. */
const stayingMs = 7 * 86_400_000;
/** Asserted so often without an end between, it is of a BMC that never tells one: then quiet ends it as it ends any incident. */
const endlessAssertions = 3;
const maxLines = 3;
const minute = 60_000;

/** Makes the signals of one machine, and keeps in its state what has been told. */
export class Telling {
  readonly signals: (Hit | Clear)[] = [];
  /** Parts of which something healed before anybody was told. */
  readonly healed: Component[] = [];
  readonly #options: TellingOptions;
  readonly #host: string;

  constructor(options: TellingOptions, host: string) {
    this.#options = options;
    this.#host = host;
  }

  /** Tells all that nobody has been told of a fault. @param waited how long it was waited for its end, in milliseconds */
  fault(sensor: Sensor, fault: Fault, waited = 0): void {
    const news = fault.standing.flatMap((standing) => (standing.untold === undefined ? [] : [standing]));
    const [first] = news;
    if (first === undefined) return;
    const untold = news.flatMap((standing) => standing.untold ?? []);
    const { config, rules } = this.#options;
    // Of two that are as bad, the newer one says how it is.
    const worst = news.reduce((one, other) =>
      compareSeverity(other.severity, one.severity) >= 0 ? other : one,
    );
    const isWorse = fault.told === undefined || compareSeverity(worst.severity, fault.told.severity) >= 0;
    const { rule: id, severity } = isWorse || fault.told === undefined ? worst : fault.told;
    const rule = rules.described(id, severity, sensor.component);
    const count = untold.reduce((sum, each) => sum + each.count, 0);
    // What is told anew must be later than what ended it, be the BMC's clock what it may.
    const earliest = (fault.clearedAt ?? Number.NEGATIVE_INFINITY) + 1;
    const firstSeen = Math.max(earliest, Math.min(...untold.map(({ firstAt }) => firstAt)));
    const lastSeen = Math.max(firstSeen, ...untold.map(({ lastAt }) => lastAt));
    const arrivedAt = Math.max(...untold.map(({ lastArrivedAt }) => lastArrivedAt));
    const { label } = sensor;
    const stays = fault.standing.some(
      ({ isMomentary, assertions }) => !isMomentary && assertions < endlessAssertions,
    );
    const { reading } = worst;
    const hit = hardwareHit(
      {
        rule: id,
        family: fault.family,
        host: this.#host,
        sensor: label,
        sensorNumber: sensor.number,
        component: sensor.component,
        ...{ title: rule.title, severity, pinned: rule.pinned, pack: rule.pack, runbook: rule.runbook },
        ...{ labels: rule.labels, count, firstSeen, lastSeen, arrivedAt },
        detail: standingDetail({ label, standing: news, count, waited }, config.language),
        numbers: {
          events: count,
          ...(reading?.value !== undefined && { reading: reading.value }),
          ...(reading?.threshold !== undefined && { threshold: reading.threshold }),
        },
        quietAfterMs: stays ? stayingMs : undefined,
        exemplars: untold
          .flatMap(({ lines }) => lines)
          .slice(0, maxLines)
          .map((line) => this.#exemplar(line)),
      },
      config,
    );
    this.signals.push({ ...hit, ...(rule.atMost && { atMost: { ...rule.atMost } }) });
    for (const standing of news) standing.untold = undefined;
    fault.told = {
      rule: id,
      severity,
      lastSeen: Math.max(lastSeen, fault.told?.lastSeen ?? lastSeen),
      arrivedAt,
    };
  }

  /** Tells that a fault is over. @param line what says so */
  over(sensor: Sensor, fault: Fault, line: Line, arrivedAt: number): void {
    const { told } = fault;
    if (told === undefined) return;
    const at = Math.max(line.at, told.lastSeen + 1);
    this.signals.push(
      hardwareClear(
        { rule: told.rule, host: this.#host, sensor: sensor.label },
        { at, arrivedAt, exemplar: this.#exemplar(line) },
        this.#options.config,
      ),
    );
    fault.told = undefined;
    fault.clearedAt = at;
  }

  /** Notes that a fault healed before anybody was told, and tells once where that happens too often. */
  heal(sensor: Sensor, fault: Fault, of: Standing, line: Line, arrivedAt: number): void {
    const { config } = this.#options;
    const { times, withinMinutes } = config.hardware.flapping;
    const within = withinMinutes * minute;
    this.healed.push(sensor.component);
    fault.heals = [...fault.heals, line.at].sort((a, b) => a - b).slice(-times);
    if (fault.flapping !== undefined) {
      fault.flapping.lastArrivedAt = Math.max(fault.flapping.lastArrivedAt, arrivedAt);
      return;
    }
    const [oldest = line.at] = fault.heals;
    const newest = fault.heals.at(-1) ?? line.at;
    // What flapped long ago, and was read only now, is over.
    if (fault.heals.length < times || newest - oldest > within || newest < arrivedAt - within) return;
    const { label, component } = sensor;
    const rule = this.#options.rules.described(flappingRule, 'warning', component);
    const [firstSeen, lastSeen] = [oldest, newest];
    this.signals.push(
      hardwareHit(
        {
          ...{ rule: flappingRule, host: this.#host, sensor: label, component },
          sensorNumber: sensor.number,
          ...{ title: rule.title, severity: rule.severity, runbook: rule.runbook, count: times },
          ...{ firstSeen, lastSeen, arrivedAt },
          detail: flappingDetail({ label, words: of.words, times, minutes: withinMinutes }, config.language),
          numbers: { times, withinMinutes },
          quietAfterMs: 2 * within,
          exemplars: [this.#exemplar(line)],
        },
        config,
      ),
    );
    fault.flapping = { lastArrivedAt: arrivedAt, lastSeen, line };
  }

  /** Ends the flapping of what has not healed for long enough. */
  steady(sensor: Sensor, fault: Fault, now: number): void {
    const { flapping } = fault;
    if (flapping === undefined) return;
    const at = Math.max(flapping.lastSeen + 1, Math.min(now, flapping.lastArrivedAt));
    this.signals.push(
      hardwareClear(
        { rule: flappingRule, host: this.#host, sensor: sensor.label },
        { at, arrivedAt: now, exemplar: this.#exemplar({ ...flapping.line, at }) },
        this.#options.config,
      ),
    );
    fault.flapping = undefined;
    fault.heals = [];
  }

  /** Tells of a memory module's corrected errors. @param count of those that are news */
  memory(
    module: Module,
    news: {
      readonly count: number;
      readonly day: number;
      readonly firstSeen: number;
      readonly trend: { days: number; last: number; doublingDays: number } | undefined;
    },
  ): void {
    const { config, rules } = this.#options;
    const rule = rules.described(module.rule, 'warning', 'memory');
    const { trend, day, count } = news;
    const { label, line } = module;
    const hit = hardwareHit(
      {
        ...{ rule: rule.id, host: this.#host, sensor: label, component: 'memory' },
        ...{ title: rule.title, severity: rule.severity, pinned: rule.pinned, pack: rule.pack },
        ...{ runbook: rule.runbook, labels: rule.labels, count },
        ...{
          firstSeen: Math.min(news.firstSeen, line.at),
          lastSeen: line.at,
          arrivedAt: module.lastArrivedAt,
        },
        detail: memoryDetail({ label, day, trend }, config.language),
        numbers: {
          errorsPerDay: day,
          ...(trend && { trendDays: trend.days, doublingDays: Number(trend.doublingDays.toFixed(2)) }),
        },
        exemplars: [this.#exemplar(line)],
      },
      config,
    );
    this.signals.push({ ...hit, ...(rule.atMost && { atMost: { ...rule.atMost } }) });
  }

  #exemplar({ id, at, text }: Line): Exemplar {
    return { id, timestamp: new Date(at).toISOString(), host: this.#host, text, before: [] };
  }
}
