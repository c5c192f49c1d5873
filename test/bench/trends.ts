/** How often machines without a fault are told of by their history, and how often true faults are, on simulated fleets with a fixed seed. */
import {
  byHistory,
  foretold,
  type Simulated,
  type SimulationRequest,
  simulate,
} from '#services/analyzer/hardware/readings/testing/simulation.ts';

export interface TrendFigures {
  readonly healthy: {
    readonly sensorDays: number;
    readonly temperatureDays: number;
    /** Findings by history of machines without a fault, by rule; of forecasts those that did not come true. */
    readonly wrong: Readonly<Record<string, number>>;
  };
  /** By the rise of a processor's temperature: machines that crossed their limit, those told before, and how many hours before. */
  readonly rising: readonly {
    readonly rise: string;
    readonly crossed: number;
    readonly told: number;
    readonly medianLeadHours: number | undefined;
  }[];
  /** Machines with one fan that loses 15% over a week: told of it, and of other fans. */
  readonly fans: { readonly machines: number; readonly told: number; readonly wrong: number };
  /** Machines whose 12 V fall by 5%. */
  readonly voltages: { readonly machines: number; readonly told: number };
  /** Targets that were missed. */
  readonly missed: readonly string[];
}

const from = 8;

/** @param options.seed of the whole fleet */
export function benchTrends({ seed, say }: { seed: number; say: (line: string) => void }): TrendFigures {
  const run = (what: string, request: Omit<SimulationRequest, 'seed'>): Simulated => {
    say(what);
    return simulate({ ...request, seed });
  };
  const healthy = run('60 machines without a fault', { machines: 60, days: 21, stepMinutes: 5 });
  const wrong: Record<string, number> = {};
  for (const { rule, cameTrue } of healthy.found)
    if (byHistory.includes(rule) && !cameTrue) wrong[rule] = (wrong[rule] ?? 0) + 1;
  const rising = [
    { rise: '2 °C an hour', perDay: 48, days: 10 },
    { rise: '1 °C an hour', perDay: 24, days: 11 },
    { rise: '0.5 °C an hour', perDay: 12, days: 12 },
    { rise: '3 °C a day', perDay: 3, days: 20 },
  ].map(({ rise, perDay, days }) => {
    const found = run(`20 machines that become warmer by ${rise}`, {
      ...{ machines: 20, days },
      drift: (day) => Math.max(0, day - from) * perDay,
    });
    const { crossed, leads } = foretold(found, from);
    return { rise, crossed, told: leads.length, medianLeadHours: leads[leads.length >> 1] };
  });
  const machines = 20;
  const slow = run('20 machines with a fan that fails', {
    ...{ machines, days: 16 },
    fan: (day) => 1 - 0.15 * Math.min(1, Math.max(0, (day - 7) / 7)),
  }).found.filter(({ rule }) => rule === 'hardware.fan-slowing');
  const low = run('20 machines with a voltage that falls', {
    ...{ machines, days: 9 },
    volts: (day) => (day < from ? 0 : -0.6),
  }).found.filter(({ rule, sensor }) => rule === 'hardware.learned-limit' && sensor === 'P12V');
  const toldOf = (found: Simulated['found']) => new Set(found.map(({ machine }) => machine)).size;
  const figures = {
    healthy: { sensorDays: healthy.sensorDays, temperatureDays: healthy.temperatureDays, wrong },
    rising,
    fans: {
      machines,
      told: toldOf(slow.filter(({ sensor }) => sensor === 'FAN1')),
      wrong: slow.filter(({ sensor }) => sensor !== 'FAN1').length,
    },
    voltages: { machines, told: toldOf(low) },
  };
  const all = Object.values(wrong).reduce((sum, count) => sum + count, 0);
  const missed = [
    ...(all > healthy.temperatureDays / 250 ? ['fewer than 4 wrong findings in 1,000 temperature-days'] : []),
    ...(rising.slice(1, 3).some(({ crossed, told }) => told < 0.7 * crossed)
      ? ['7 of 10 rises of hours foretold']
      : []),
    ...(figures.fans.told < 0.9 * machines || figures.fans.wrong > 0
      ? ['9 of 10 failing fans, and no other']
      : []),
    ...(figures.voltages.told < 0.9 * machines ? ['9 of 10 voltages'] : []),
  ];
  return { ...figures, missed };
}
