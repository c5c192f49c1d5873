import type { MachineState } from '#shared/model/index.ts';

/** What sensors say, a line for each machine and each of its readings, with the limits that are in force. Hostile text. */
export function machineLines(machines: readonly MachineState[]): string[] {
  return machines.flatMap(({ host, outcome, power, cpuPercent, memoryPercent, readings }) => [
    [
      `${host}: power ${power}`,
      ...(outcome === 'ok' ? [] : [`BMC ${outcome}`]),
      ...(cpuPercent === undefined ? [] : [`cpu ${Math.round(cpuPercent)} %`]),
      ...(memoryPercent === undefined ? [] : [`memory ${Math.round(memoryPercent)} %`]),
    ].join(', '),
    ...readings.map(({ sensor, value, unit = '', states = [], status, thresholds = {} }) =>
      [
        `${host} ${sensor}: ${value === undefined ? states.join(', ') : `${value} ${unit}`.trim()} (${status})`,
        ...Object.entries(thresholds).map(([name, limit]) => `${name} ${limit}`),
      ].join(', '),
    ),
  ]);
}
