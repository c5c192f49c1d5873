import { z } from 'zod';
import { Reading } from '#shared/model/index.ts';
import { readingId } from '#shared/text/metric-id.ts';

/** What a row of `sensors` with its server and one of its descriptions says. */
export const DescribedRow = z.object({
  source: z.enum(['ipmi', 'system']),
  server: z.string(),
  host: z.string(),
  sensor: z.string(),
  number: z.number().nullable(),
  json: z.string(),
});
export type DescribedRow = z.infer<typeof DescribedRow>;

/** The part of a reading that seldom changes, always in the same order. */
export function describe(reading: Reading): string {
  const { group, sensorKind, entity, unit, states, status, thresholds, judgedBy } = reading;
  return JSON.stringify({ group, sensorKind, entity, unit, states, status, thresholds, judgedBy });
}

/** The reading as it was saved. Its id is not kept, for it follows from the rest. */
export function readingOf(row: DescribedRow, time: number, value: number | null): Reading {
  const { source, server, host, sensor } = row;
  const moment = {
    ...{ source, server, host, sensor },
    timestamp: new Date(time).toISOString(),
    ...(row.number !== null && { sensorNumber: row.number }),
  };
  return Reading.parse({
    ...{ kind: 'reading', id: readingId(moment), ...moment },
    ...(value !== null && { value }),
    ...z.record(z.string(), z.unknown()).parse(JSON.parse(row.json)),
  });
}
