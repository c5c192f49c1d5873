import { forgetOld } from './memory-errors.ts';
import type { Fault, HostEvents, Sensor } from './state.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long an end that was read before its beginning is remembered, and the moment after which what is told anew must be. */
const endedFor = hour;
/** What has only happened may be taken back for so long. */
const momentaryFor = day;
/** A state of which nothing was heard for so long: its BMC will never tell its end. */
const standingFor = 90 * day;

/** Sensors, modules and bytes of the state of one machine. */
const maxSensors = 512;
const maxModules = 128;
const maxBytes = 256 * 1024;

/** Takes away what is long over. True where that was something. @param now milliseconds since the epoch */
export function forgetOver(state: HostEvents, now: number, flappingMinutes: number): boolean {
  const before = state.sensors.length + state.modules.length;
  let forgot = false;
  for (const sensor of state.sensors) forgot = forgetOfSensor(sensor, now, flappingMinutes) || forgot;
  state.sensors = state.sensors.filter(({ ended, faults }) => ended.length > 0 || faults.length > 0);
  state.modules = state.modules.filter((module) => !forgetOld(module, now));
  return forgot || before > state.sensors.length + state.modules.length;
}

function forgetOfSensor(sensor: Sensor, now: number, flappingMinutes: number): boolean {
  const { length: endsBefore } = sensor.ended;
  const { length: faultsBefore } = sensor.faults;
  let forgot = false;
  sensor.ended = sensor.ended.filter(({ mark }) => mark.arrivedAt > now - endedFor);
  for (const fault of sensor.faults) forgot = forgetOfFault(fault, now, flappingMinutes) || forgot;
  sensor.faults = sensor.faults.filter((fault) => isKept(fault, now));
  return forgot || endsBefore > sensor.ended.length || faultsBefore > sensor.faults.length;
}

function forgetOfFault(fault: Fault, now: number, flappingMinutes: number): boolean {
  const { length: standingBefore } = fault.standing;
  fault.standing = fault.standing.filter(
    ({ isMomentary, untold, since }) =>
      untold !== undefined || since.arrivedAt > now - (isMomentary ? momentaryFor : standingFor),
  );
  if (fault.standing.length === 0) fault.told = undefined;
  if (fault.heals.some((at) => at <= now - flappingMinutes * minute) && fault.flapping === undefined)
    fault.heals = fault.heals.filter((at) => at > now - flappingMinutes * minute);
  return standingBefore > fault.standing.length;
}

function isKept({ standing, heals, flapping, changedAt }: Fault, now: number): boolean {
  return standing.length > 0 || heals.length > 0 || flapping !== undefined || changedAt > now - endedFor;
}

/**
 * Keeps the state of a machine within its bounds: what was heard of least lately goes first, and last what nobody has been told of
 * yet.
 *
 * @returns how many sensors and modules were given up
 */
export function keepWithinBounds(state: HostEvents): number {
  const before = state.sensors.length + state.modules.length;
  state.modules = newest(state.modules, maxModules, ({ lastArrivedAt }) => lastArrivedAt);
  state.sensors = newest(state.sensors, maxSensors, lastHeard);
  for (
    let bytes = bytesOf(state);
    bytes > maxBytes && state.sensors.length + state.modules.length > 1;
    bytes = bytesOf(state)
  ) {
    // A tenth at a time, for weighing costs.
    state.sensors = newest(state.sensors, Math.floor(state.sensors.length * 0.9), lastHeard);
    state.modules = newest(
      state.modules,
      Math.floor(state.modules.length * 0.9),
      ({ lastArrivedAt }) => lastArrivedAt,
    );
  }
  return before - state.sensors.length - state.modules.length;
}

/** Bytes of the state as it is published. */
export function bytesOf(state: HostEvents): number {
  return Buffer.byteLength(JSON.stringify(state));
}

function newest<Each>(all: Each[], count: number, heardAt: (each: Each) => number): Each[] {
  return all.length <= count ? all : all.toSorted((a, b) => heardAt(b) - heardAt(a)).slice(0, count);
}

function lastHeard({ faults, ended }: Sensor): number {
  if (faults.some(({ standing }) => standing.some(({ untold }) => untold !== undefined)))
    return Number.POSITIVE_INFINITY;
  return Math.max(
    ...faults.map(({ changedAt }) => changedAt),
    ...ended.map(({ mark }) => mark.arrivedAt),
    Number.NEGATIVE_INFINITY,
  );
}
