import { Machine } from '../machine.ts';
import { configOf, dayMs, hourMs, minuteMs, monday, poll, type Read } from './machines.ts';
import { HealthyMachine, seededRandom } from './weather.ts';

const config = configOf();

/** What happens to a machine; days since it was first polled. */
export interface Fate {
  /** Degrees on top of its processor's temperature. */
  drift?(day: number): number;
  /** Factor on one fan's speed. */
  fan?(day: number): number;
  /** Volts on top of its 12 V. */
  volts?(day: number): number;
}

export interface SimulationRequest extends Fate {
  readonly machines: number;
  readonly days: number;
  readonly seed: number;
  /** Between two polls. */
  readonly stepMinutes?: number;
}

/** One finding as it opened, or changed its severity. */
export interface Found {
  readonly machine: number;
  readonly rule: string;
  readonly sensor: string;
  readonly severity: string;
  /** Days since the machine was first polled. */
  readonly day: number;
  /** The processor reached the limit that a forecast names, within twice the horizon. */
  readonly cameTrue: boolean;
}

export interface Simulated {
  readonly found: readonly Found[];
  /** By machine, the day on which the processor's temperature first reached its warning limit. */
  readonly crossedOn: readonly (number | undefined)[];
  readonly sensorDays: number;
  readonly temperatureDays: number;
}

/** Machines that begin on different days of the week, each with a life of its own. */
export function simulate(request: SimulationRequest): Simulated {
  const { machines, days, seed, stepMinutes = 10 } = request;
  const found: Found[] = [];
  const crossedOn: (number | undefined)[] = [];
  let sensors = 0;
  for (let index = 0; index < machines; index++) {
    const random = seededRandom(seed * 1000 + index);
    const healthy = new HealthyMachine(random);
    const machine = new Machine('web-1', { source: 'ipmi', config });
    const start = monday + Math.floor(random() * 7) * dayMs;
    const crossings: { at: number; value: number; sensor: string }[] = [];
    const told: { at: number; rule: string; sensor: string; severity: string; limit: number }[] = [];
    let offset = 0;
    for (let at = start; at < start + days * dayMs; at += stepMinutes * minuteMs) {
      const reads = fated(healthy, at, (at - start) / dayMs, request);
      for (const { sensor, value = 0, thresholds } of reads)
        if (value >= (thresholds?.upperWarning ?? Infinity)) crossings.push({ at, value, sensor });
      for (const metric of poll(at, reads))
        for (const signal of machine.take(metric, offset++, at))
          if (signal.kind === 'hit')
            told.push({
              at,
              rule: signal.rule,
              sensor: signal.labels?.sensor ?? '',
              severity: signal.severity,
              limit: signal.numbers?.limit ?? 0,
            });
    }
    sensors = machine.sensors;
    const first = crossings.find(({ sensor }) => sensor === 'CPU Temp');
    crossedOn.push(first && (first.at - start) / dayMs);
    for (const { at, limit, ...finding } of told)
      found.push({
        machine: index,
        ...finding,
        day: (at - start) / dayMs,
        cameTrue: crossings.some(
          (each) =>
            each.sensor === finding.sensor &&
            each.at >= at &&
            each.at <= at + 2 * config.hardware.forecastHours * hourMs &&
            each.value >= limit,
        ),
      });
  }
  return { found, crossedOn, sensorDays: machines * days * sensors, temperatureDays: machines * days * 2 };
}

function fated(machine: HealthyMachine, at: number, day: number, fate: Fate): Read[] {
  const reads = machine.readAt(at, fate.drift?.(day), fate.fan?.(day));
  const volts = fate.volts?.(day) ?? 0;
  return reads.map((read) =>
    read.sensor === 'P12V' && read.value !== undefined ? { ...read, value: read.value + volts } : read,
  );
}

/** Rules that say something by history, not by limits in force. */
export const byHistory: readonly string[] = [
  'hardware.forecast',
  'hardware.learned-limit',
  'hardware.fan-slowing',
];

/** Of machines whose temperature rises from a day on until it crosses its limit: how many were told before, and by how many hours. */
export function foretold(
  { found, crossedOn }: Simulated,
  from: number,
): { crossed: number; leads: number[] } {
  let crossed = 0;
  const leads: number[] = [];
  for (const [machine, day] of crossedOn.entries()) {
    if (day === undefined || day < from) continue;
    crossed += 1;
    const first = found.find(
      (each) =>
        each.machine === machine && each.rule === 'hardware.forecast' && each.day >= from && each.day < day,
    );
    if (first !== undefined) leads.push((day - first.day) * 24);
  }
  return { crossed, leads: leads.sort((a, b) => a - b) };
}
