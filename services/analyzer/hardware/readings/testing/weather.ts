import { createRandom } from '#test/integrity/random.ts';
import { dayMs, hourMs, type Read } from './machines.ts';

export type Random = () => number;

/** Mulberry32. */
export function seededRandom(seed: number): Random {
  return createRandom(seed).next;
}

/** Normal with deviation 1 (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How a simulated machine lives: in degrees, and hours of the day. */
interface Life {
  readonly base: number;
  readonly daily: number;
  readonly peakHour: number;
  readonly weekend: number;
  readonly noise: number;
  readonly stepsPerDay: number;
  readonly headroom: number;
}

function lifeOf(random: Random): Life {
  return {
    base: 38 + 14 * random(),
    daily: 1 + 7 * random(),
    peakHour: 24 * random(),
    weekend: 6 * random(),
    noise: 0.3 + 1.2 * random(),
    stepsPerDay: 3 * random(),
    headroom: 4 + 14 * random(),
  };
}

/**
 * A machine whose load has a daily cycle, is lower at weekends, goes up and down in steps of hours, and whose sensors have noise
 * that is alike for half an hour, in whole degrees. Fans follow the temperature. No trend and no fault in it.
 */
export class HealthyMachine {
  readonly life: Life;
  readonly #random: Random;
  #noise = 0;
  #load = 0;
  #heat = 0;
  #loadUntil = 0;
  #last: number | undefined;

  constructor(random: Random, life = lifeOf(random)) {
    this.#random = random;
    this.life = life;
  }

  /** What it reads; moments must rise. @param drift degrees on top */
  readAt(at: number, drift = 0, slowFan = 1): Read[] {
    const { base, daily, peakHour, weekend, noise, stepsPerDay, headroom } = this.life;
    const random = this.#random;
    const passed = at - (this.#last ?? at);
    this.#last = at;
    const kept = Math.exp(-passed / (hourMs / 2));
    this.#noise = this.#noise * kept + noise * Math.sqrt(1 - kept * kept) * normal(random);
    if (at > this.#loadUntil) {
      this.#load = 0;
      if (random() < (stepsPerDay * passed) / dayMs) {
        this.#load = (random() < 0.3 ? -4 : 10) * random();
        this.#loadUntil = at + (1 + 7 * random()) * hourMs;
      }
    }
    // The heat sink takes a quarter of an hour.
    this.#heat += (this.#load - this.#heat) * (1 - Math.exp(-passed / (hourMs / 4)));
    const day = new Date(at).getUTCDay();
    const cycle = daily * Math.cos((2 * Math.PI * ((at % dayMs) / hourMs - peakHour)) / 24);
    const usual = base + cycle - (day === 0 || day === 6 ? weekend : 0) + this.#heat;
    const temperature = Math.round(usual + this.#noise + drift);
    const upperWarning = Math.round(base + daily + 8 + headroom);
    const fan = (name: string, factor: number): Read => ({
      sensor: name,
      sensorKind: 'fan',
      unit: 'RPM',
      value:
        60 * Math.round((factor * (4200 + 110 * (usual + drift - base)) * (1 + 0.01 * normal(random))) / 60),
      thresholds: { lowerCritical: 600 },
    });
    return [
      {
        sensor: 'CPU Temp',
        unit: 'Cel',
        value: temperature,
        thresholds: { upperWarning, upperCritical: upperWarning + 10 },
      },
      {
        sensor: 'Inlet Temp',
        unit: 'Cel',
        value: Math.round(22 + cycle / 4 + 0.5 * normal(random)),
        thresholds: { upperWarning: 38, upperCritical: 42 },
      },
      fan('FAN1', slowFan),
      fan('FAN2', 1),
      fan('FAN3', 1.02),
      fan('FAN4', 0.97),
      {
        sensor: 'P12V',
        sensorKind: 'voltage',
        unit: 'V',
        value: Number((12.06 + 0.02 * normal(random) - 0.004 * (usual - base)).toFixed(2)),
      },
      {
        sensor: 'Power',
        sensorKind: 'power',
        unit: 'W',
        value: Math.round(260 + 14 * (usual - base) + 5 * normal(random)),
      },
    ];
  }
}
