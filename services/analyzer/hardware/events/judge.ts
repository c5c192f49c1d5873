import type { Clear, Hit, SelEvent } from '#shared/model/index.ts';
import type { Component } from '../component.ts';
import { componentOfName, componentOfType } from '../component.ts';
import { forgetOver } from './forget.ts';
import { isLater, type Mark } from './mark.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { countError, errorsOfDay, risingErrors } from './memory-errors.ts';
import type { Fault, HostEvents, Line, Module, Sensor, Standing } from './state.ts';
import { Telling, type TellingOptions } from './telling.ts';

/** An event, its document's id in the store, and when it arrived on the bus, in milliseconds since the epoch. */
export interface ArrivedEvent {
  readonly event: SelEvent;
  readonly id: string;
  readonly arrivedAt: number;
}

/** The clock, and since when nothing newer has been waiting, in milliseconds since the epoch. */
export interface JudgeClock {
  readonly now: number;
  readonly watchingSince: number;
}

export interface Judgement {
  readonly state: HostEvents;
  /** In order. */
  readonly signals: readonly (Hit | Clear)[];
  /** Parts of which something healed before anybody was told. */
  readonly healed: readonly Component[];
  /** False: the state is as it was. */
  readonly changed: boolean;
}

/** What came so late is not urgent, in milliseconds: whether it is over already may be on its way too. */
const lateAfter = 10 * 60_000;
/** The poll that would have brought an end takes so long, in milliseconds. */
const onItsWay = 5000;
const maxText = 400;
const maxLabel = 200;
const maxWords = 160;
const maxLines = 3;
const dayMs = 86_400_000;

/**
 * What a machine's events say, one host at a time. Pure. What is critical, and what only happens, is told at once; another state
 * waits for `judgeTime`, and heals where its end comes before. The order in which events are read does not matter to what stands in
 * the end.
 */
export function judgeEvents(
  before: HostEvents,
  events: readonly ArrivedEvent[],
  options: TellingOptions,
): Judgement {
  const state = structuredClone(before);
  const telling = new Telling(options, state.host);
  for (const each of events) take(state, each, options, telling);
  for (const sensor of state.sensors)
    for (const fault of sensor.faults) if (fault.standing.some(isUrgent)) telling.fault(sensor, fault);
  for (const module of state.modules) tellOfMemory(module, options, telling);
  return { state, signals: telling.signals, healed: telling.healed, changed: true };
}

/** What the clock says of a machine: what has stayed is told, what flapped is steady, what is long over is forgotten. Pure. */
export function judgeTime(before: HostEvents, clock: JudgeClock, options: TellingOptions): Judgement {
  const state = structuredClone(before);
  const telling = new Telling(options, state.host);
  const { hardware } = options.config;
  const healMs = hardware.healSeconds * 1000;
  for (const sensor of state.sensors)
    for (const fault of sensor.faults) {
      if (dueAt(fault, healMs, clock.watchingSince) <= clock.now) telling.fault(sensor, fault, healMs);
      if (steadyAt(fault, hardware.flapping.withinMinutes, clock.watchingSince) <= clock.now)
        telling.steady(sensor, fault, clock.now);
    }
  const forgot = forgetOver(state, clock.now, hardware.flapping.withinMinutes);
  const changed = telling.signals.length > 0 || forgot;
  return { state: changed ? state : before, signals: telling.signals, healed: telling.healed, changed };
}

/** When the clock has something to say of a machine next, in milliseconds since the epoch; infinity: never. */
export function nextLook(state: HostEvents, options: TellingOptions): number {
  const { healSeconds, flapping } = options.config.hardware;
  let next = Number.POSITIVE_INFINITY;
  for (const { faults } of state.sensors)
    for (const fault of faults)
      next = Math.min(
        next,
        dueAt(fault, healSeconds * 1000, Number.NEGATIVE_INFINITY),
        steadyAt(fault, flapping.withinMinutes, Number.NEGATIVE_INFINITY),
      );
  return next;
}

function dueAt({ standing }: Fault, healMs: number, watchingSince: number): number {
  let due = Number.POSITIVE_INFINITY;
  for (const { untold } of standing)
    if (untold !== undefined)
      due = Math.min(due, Math.max(untold.firstArrivedAt, watchingSince) + healMs + onItsWay);
  return due;
}

function steadyAt({ flapping }: Fault, withinMinutes: number, watchingSince: number): number {
  return flapping === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(flapping.lastArrivedAt, watchingSince) + withinMinutes * 60_000;
}

function isUrgent({ severity, isMomentary, untold }: Standing): boolean {
  if (untold === undefined) return false;
  return isMomentary || (severity === 'critical' && untold.lastAt >= untold.lastArrivedAt - lateAfter);
}

function take(
  state: HostEvents,
  { event, id, arrivedAt }: ArrivedEvent,
  { rules }: TellingOptions,
  telling: Telling,
): void {
  const meaning = meaningOf(event);
  const at = Math.min(Date.parse(event['@timestamp']), arrivedAt);
  const { generation, record_id: record } = event.ipmi;
  const mark: Mark = { generation, ...(record !== undefined && { record }), at, arrivedAt };
  const line: Line = { id, at, text: event.message.slice(0, maxText).toWellFormed() };
  const rule = meaning.begins === undefined ? undefined : rules.of(event);
  if (meaning.isCorrectedError) {
    if (rule !== undefined) countError(moduleOf(state, event, rule.id, line), at, arrivedAt);
    return;
  }
  for (const sensor of sensorsOf(state, event, meaning)) {
    for (const code of meaning.ends) end(sensor, code, mark);
    if (meaning.begins !== undefined && rule !== undefined)
      begin(faultOf(sensor, meaning, rule.id, arrivedAt), {
        code: meaning.begins,
        ...{ rule: rule.id, severity: rule.severity, since: mark, isMomentary: meaning.isMomentary },
        words: wordsOf(event),
        ...(event.ipmi.reading && { reading: event.ipmi.reading }),
        assertions: 1,
        untold: {
          ...{ count: 1, firstAt: at, lastAt: at, lines: [line] },
          ...{ firstArrivedAt: arrivedAt, lastArrivedAt: arrivedAt },
        },
      });
    for (const fault of sensor.faults) settle(sensor, fault, line, arrivedAt, telling);
  }
}

function end(sensor: Sensor, code: string, mark: Mark): void {
  const known = sensor.ended.find((each) => each.code === code);
  if (known === undefined) sensor.ended.push({ code, mark });
  else if (isLater(mark, known.mark)) known.mark = mark;
}

function begin(fault: Fault, begun: Standing): void {
  const known = fault.standing.find(({ code }) => code === begun.code);
  if (known === undefined) {
    fault.standing.push(begun);
    return;
  }
  const isNewer = isLater(begun.since, known.since);
  // The same again, or one that a later one has replaced.
  if (!isNewer && !(known.isMomentary && isLater(known.since, begun.since))) return;
  if (isNewer) Object.assign(known, { since: begun.since, words: begun.words, reading: begun.reading });
  known.assertions += 1;
  const { untold } = known;
  if (untold === undefined || begun.untold === undefined) {
    known.untold = begun.untold;
    return;
  }
  untold.count += 1;
  untold.firstAt = Math.min(untold.firstAt, begun.untold.firstAt);
  untold.lastAt = Math.max(untold.lastAt, begun.untold.lastAt);
  untold.lastArrivedAt = Math.max(untold.lastArrivedAt, begun.untold.lastArrivedAt);
  untold.lines = [...untold.lines, ...begun.untold.lines].slice(-maxLines);
}

/** Takes away what is over. */
function settle(sensor: Sensor, fault: Fault, line: Line, arrivedAt: number, telling: Telling): void {
  const isOver = ({ code, since }: Standing) => {
    const ended = sensor.ended.find((each) => each.code === code);
    return ended !== undefined && isLater(ended.mark, since);
  };
  const over = fault.standing.filter(isOver);
  const [last] = over;
  if (last === undefined) return;
  fault.changedAt = arrivedAt;
  // It was critical, and not long ago: that is told even where it is over by now.
  if (over.some((each) => each.severity === 'critical' && isUrgent(each) && line.at >= arrivedAt - lateAfter))
    telling.fault(sensor, fault);
  fault.standing = fault.standing.filter((each) => !over.includes(each));
  if (fault.standing.length > 0) return;
  if (fault.told === undefined) telling.heal(sensor, fault, last, line, arrivedAt);
  else telling.over(sensor, fault, line, arrivedAt);
}

function tellOfMemory(module: Module, { config }: TellingOptions, telling: Telling): void {
  if (module.untold === 0 || module.hours.length === 0) return;
  const now = module.lastArrivedAt;
  const day = errorsOfDay(module);
  const newest = Math.max(...module.hours.map(([hour]) => hour));
  const firstHour = Math.min(...module.hours.map(([hour]) => hour).filter((hour) => hour > newest - 24));
  const isMany = day >= config.hardware.eccPerDay;
  const isToldAlready = module.toldManyAt !== undefined && now - module.toldManyAt < dayMs;
  const mayRise = module.toldRisingAt === undefined || now - module.toldRisingAt >= dayMs;
  const trend = mayRise ? risingErrors(module, now) : undefined;
  if (!isMany && trend === undefined) return;
  telling.memory(module, {
    count: isToldAlready ? module.untold : Math.max(day, 1),
    day,
    firstSeen: isToldAlready ? module.line.at : firstHour * 3_600_000,
    trend,
  });
  module.untold = 0;
  if (isMany) module.toldManyAt = now;
  if (trend !== undefined) module.toldRisingAt = now;
}

/** The sensors that an event is about: of a deassertion that does not tell which part it means, all parts of its sensor. */
function sensorsOf(state: HostEvents, event: SelEvent, meaning: Meaning): Sensor[] {
  const { observer, ipmi } = event;
  const { part } = ipmi.event;
  const component = componentOf(event, meaning);
  const base = component === 'event-log' ? 'SEL' : (ipmi.sensor?.name ?? ipmi.event.description);
  const isOfParts = component === 'memory' || meaning.isMomentary;
  const label = labelOf(base, isOfParts ? part : undefined);
  const number = ipmi.sensor?.number;
  if (meaning.begins === undefined && part === undefined && number !== undefined) {
    const known = state.sensors.filter(
      (each) => each.server === observer.name && each.number === number && each.label.startsWith(label),
    );
    if (known.length > 0) return known;
  }
  const known = state.sensors.find((each) => each.server === observer.name && each.label === label);
  if (known !== undefined) return [known];
  const made: Sensor = {
    server: observer.name,
    ...(number !== undefined && component !== 'event-log' && { number }),
    ...{ label, component, ended: [], faults: [] },
  };
  state.sensors.push(made);
  return [made];
}

function moduleOf(state: HostEvents, event: SelEvent, rule: string, line: Line): Module {
  const { observer, ipmi } = event;
  const label = labelOf(ipmi.sensor?.name ?? 'memory', ipmi.event.part);
  const known = state.modules.find((each) => each.server === observer.name && each.label === label);
  if (known !== undefined) {
    known.rule = rule;
    if (line.at >= known.line.at) known.line = line;
    return known;
  }
  const made: Module = {
    ...{ server: observer.name, label, rule, hours: [], days: [] },
    ...{ lastArrivedAt: 0, untold: 0, line },
  };
  state.modules.push(made);
  return made;
}

function faultOf(sensor: Sensor, { family }: Meaning, rule: string, arrivedAt: number): Fault {
  const name = family === undefined ? rule : `hardware.${family}`;
  let fault = sensor.faults.find((each) => each.family === name);
  if (fault === undefined) {
    fault = { family: name, standing: [], heals: [], changedAt: arrivedAt };
    sensor.faults.push(fault);
  }
  fault.changedAt = arrivedAt;
  return fault;
}

function componentOf(event: SelEvent, meaning: Meaning): Component {
  const { sensor, event: said } = event.ipmi;
  if (said.log !== undefined || meaning.family === 'event-log') return 'event-log';
  if (sensor === undefined) return 'other';
  const byType = componentOfType(sensor.type);
  return byType === 'other' ? (componentOfName(sensor.name) ?? 'other') : byType;
}

function labelOf(name: string, part: string | undefined): string {
  return (part === undefined ? name : `${name} ${part}`).slice(0, maxLabel).toWellFormed();
}

function wordsOf({ ipmi }: SelEvent): string {
  const { description, detail } = ipmi.event;
  return (detail === undefined ? description : `${description} (${detail})`)
    .slice(0, maxWords)
    .toWellFormed();
}
