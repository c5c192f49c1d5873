import { z } from 'zod';
import { Thresholds } from '#shared/model/index.ts';
import { linesOf } from '../lines.ts';
import { decimal, thresholdNames } from '../unit.ts';

/** What does not change from poll to poll, of each sensor that can be read, in the order of the sensor data records. */
export const SensorFacts = z.object({
  name: z.string(),
  number: z.number().int().min(0).max(255).optional(),
  /** In the unit that the BMC states. */
  thresholds: Thresholds,
});
export type SensorFacts = z.infer<typeof SensorFacts>;

/**
 * The facts, by `sensor` (a table of ten columns) and `sdr elist all`. Two sensors can have the same name, and a name can have a pipe in
 * it: the second table is gone through in the same order, columns are counted from the right.
 */
export function readFacts(sensorTable: string, elist: string): SensorFacts[] {
  const listed = readElist(elist);
  let from = 0;
  const facts: SensorFacts[] = [];
  for (const line of linesOf(sensorTable)) {
    const columns = line.split('|');
    if (columns.length < 10) continue;
    const name = columns.slice(0, -9).join('|').trim();
    const at = listed.findIndex((entry, index) => index >= from && entry.name === name);
    if (at >= 0) from = at + 1;
    const number = listed[at]?.number;
    facts.push({
      name,
      ...(number === undefined ? {} : { number }),
      thresholds: readThresholds(columns.slice(-6)),
    });
  }
  return facts;
}

function readThresholds(columns: readonly string[]): Thresholds {
  const thresholds: Thresholds = {};
  for (const [index, name] of thresholdNames.entries()) {
    const value = decimal(columns[index] ?? '');
    if (value !== undefined) thresholds[name] = value;
  }
  return thresholds;
}

/** `CPU Temp         | 01h | ok  |  3.1 | 46 degrees C` */
function readElist(elist: string): { name: string; number: number }[] {
  return linesOf(elist).flatMap((line) => {
    const match = /\| ([0-9A-F]{2})h \|/.exec(line);
    if (match === null) return [];
    return [{ name: line.slice(0, match.index).trim(), number: Number.parseInt(match[1] ?? '', 16) }];
  });
}
