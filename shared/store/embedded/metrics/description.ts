import { z } from 'zod';
import { Reading } from '#shared/model/index.ts';
import { metricId } from '#shared/text/metric-id.ts';

/** What a row of `sensors` with its server and one of its descriptions says. */
export const DescribedRow = z.object({
  source: z.enum(['ipmi', 'system']),
  server: z.string(),
  host: z.string(),
  sensor: z.string(),
  json: z.string(),
});
export type DescribedRow = z.infer<typeof DescribedRow>;

/** The part of a reading that seldom changes. */
export function describe(reading: Reading): string {
  const { kind: _kind, id: _id, timestamp: _at, value: _value, ...lasting } = reading;
  const { source: _source, server: _server, host: _host, sensor: _sensor, ...description } = lasting;
  return JSON.stringify(description);
}

/** The reading as it was saved. Its id is not kept, for it follows from the rest. */
export function readingOf(row: DescribedRow, time: number, value: number | null): Reading {
  const { source, server, host, sensor } = row;
  return Reading.parse({
    ...{ kind: 'reading', id: metricId({ source, server, at: time }, sensor) },
    ...{ timestamp: new Date(time).toISOString(), source, server, host, sensor },
    ...(value !== null && { value }),
    ...z.record(z.string(), z.unknown()).parse(JSON.parse(row.json)),
  });
}
