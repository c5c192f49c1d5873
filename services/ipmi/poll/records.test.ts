import { expect, it } from 'vitest';
import { Metric } from '#shared/model/index.ts';
import { recordsOf } from './records.ts';
import { bmcs } from './testing/fleet.ts';

const [bmc] = bmcs(1);
if (bmc === undefined) throw new Error('one');
const found = { bmc, at: 0, tookMs: 1, events: [], position: undefined, notes: [] };
const metricsOf = (inspection: Parameters<typeof recordsOf>[0]) =>
  recordsOf(inspection, 0, []).map(({ value }) => Metric.parse(JSON.parse(String(value))));

it.each([
  { outcome: 'ok', chassis: { power: 'on', faults: [] }, sensors: [] },
  { outcome: 'unreachable', reason: 'no answer' },
] as const)('the own machine says how busy it is, whether or not its BMC answers: $outcome', (result) => {
  const local = { cpuPercent: 12.3456, memoryPercent: 40 };
  expect(metricsOf({ ...found, result, local }).at(-1)).toMatchObject({
    ...{ kind: 'status', outcome: result.outcome, cpuPercent: 12.35, memoryPercent: 40 },
  });
  const unknown = metricsOf({
    ...found,
    result,
    local: { cpuPercent: Number.NaN, memoryPercent: undefined },
  });
  for (const status of [unknown.at(-1), metricsOf({ ...found, result }).at(-1)]) {
    expect(status).not.toHaveProperty('cpuPercent');
    expect(status).not.toHaveProperty('memoryPercent');
  }
});
