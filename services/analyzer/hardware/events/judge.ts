import type { Clear, Hit } from '#shared/model/index.ts';
import type { Component } from '../component.ts';
import { type ArrivedEvent, isUrgent, takeEvent } from './fold.ts';
import { forgetOver } from './forget.ts';
import { errorsOfDay, risingErrors } from './memory-errors.ts';
import type { Fault, HostEvents, Module } from './state.ts';
import { Telling, type TellingOptions } from './telling.ts';

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

/** The poll that would have brought an end takes so long, in milliseconds. */
const onItsWay = 5000;
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
  let changed = false;
  for (const each of events) changed = takeEvent(state, each, options, telling) || changed;
  for (const sensor of state.sensors)
    for (const fault of sensor.faults) if (fault.standing.some(isUrgent)) telling.fault(sensor, fault);
  for (const module of state.modules) tellOfMemory(module, options, telling);
  return { state, signals: telling.signals, healed: telling.healed, changed };
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
      due = Math.min(
        due,
        Math.max(untold.firstArrivedAt, watchingSince) + (healMs === 0 ? 0 : healMs + onItsWay),
      );
  return due;
}

function steadyAt({ flapping }: Fault, withinMinutes: number, watchingSince: number): number {
  return flapping === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(flapping.lastArrivedAt, watchingSince) + withinMinutes * 60_000;
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
    firstSeen: isToldAlready ? module.line.at : Math.max(firstHour * 3_600_000, module.firstAt ?? 0),
    trend,
  });
  module.untold = 0;
  if (isMany) module.toldManyAt = now;
  if (trend !== undefined) module.toldRisingAt = now;
}
