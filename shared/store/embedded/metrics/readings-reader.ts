import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Reading } from '#shared/model/index.ts';
import { sinceOf } from '../../look-back.ts';
import type { MetricFilter, ReadingSlice } from '../../metrics-port.ts';
import { DescribedRow, readingOf } from './description.ts';
import { levelsFor } from './levels.ts';
import { joined, type Summary, unpack } from './packed.ts';

type OneSensor = MetricFilter & { readonly server: string; readonly sensor: string };

const NewestRow = z.object({
  ...DescribedRow.shape,
  id: z.number(),
  serverId: z.number(),
  time: z.number(),
  value: z.number().nullable(),
});
const Described = z.object({ ...DescribedRow.shape, description: z.number(), serverId: z.number() });
const PackedRow = z.object({ time: z.number(), json: z.string() });

const columns = 'servers.source, servers.name AS server, servers.host, sensors.name AS sensor';
const joins = 'sensors JOIN servers ON servers.id = sensors.server JOIN descriptions';
const tables = levelsFor(Number.POSITIVE_INFINITY).map(({ table }) => table);

/** The newest reading of each sensor, by server and sensor. */
export function newestReadings(
  database: DatabaseSync,
  query: MetricFilter & { readonly limit: number },
): Reading[] {
  const since = sinceOf(query);
  const until = query.to ?? Number.MAX_SAFE_INTEGER;
  const { where, values } = whereOf(query);
  const rows = database
    .prepare(
      `SELECT ${columns}, sensors.id, servers.id AS serverId, sensors.time, sensors.value, descriptions.json
       FROM ${joins} ON descriptions.id = sensors.description
       WHERE ${where} AND sensors.time >= ? ORDER BY servers.name, sensors.name, servers.source`,
    )
    .iterate(...values, since);
  const found: Reading[] = [];
  const past = new Map<number, ReturnType<typeof before>>();
  const pastOf = (server: number): ReturnType<typeof before> => {
    const earlier = past.get(server) ?? before(database, server, since, until);
    past.set(server, earlier);
    return earlier;
  };
  for (const each of rows) {
    const row = NewestRow.parse(each);
    const reading = row.time < until ? readingOf(row, row.time, row.value) : pastOf(row.serverId).get(row.id);
    if (reading === undefined) continue;
    const last = found.at(-1);
    // A server whose host is called otherwise than before has a row for each.
    if (last === undefined || !isOfSameSensor(last, reading)) {
      if (found.length >= query.limit) break;
      found.push(reading);
    } else if (last.timestamp < reading.timestamp) found[found.length - 1] = reading;
  }
  return found;
}

function isOfSameSensor(one: Reading, other: Reading): boolean {
  return one.source === other.source && one.server === other.server && one.sensor === other.sensor;
}

/** The last readings of a server's sensors before a moment, by sensor. */
function before(database: DatabaseSync, server: number, since: number, until: number): Map<number, Reading> {
  const descriptions = new Map(
    database
      .prepare(
        `SELECT ${columns}, descriptions.json, descriptions.id AS description, sensors.id
         FROM ${joins} ON descriptions.sensor = sensors.id WHERE sensors.server = ?`,
      )
      .all(server)
      .map((row) => {
        const parsed = z
          .object({ ...DescribedRow.shape, description: z.number(), id: z.number() })
          .parse(row);
        return [parsed.description, parsed];
      }),
  );
  const sensors = new Set([...descriptions.values()].map(({ id }) => id));
  const found = new Map<number, Reading>();
  for (const table of tables) {
    const rows = database
      .prepare(
        `SELECT time, json FROM ${table} WHERE server = ? AND time >= ? AND time < ? ORDER BY time DESC`,
      )
      .iterate(server, since, until);
    for (const each of rows) {
      const { time, json } = PackedRow.parse(each);
      for (const [description, [, , , , last]] of unpack(json)) {
        const row = descriptions.get(description);
        if (row !== undefined && !found.has(row.id)) found.set(row.id, readingOf(row, time, last));
      }
      if (found.size === sensors.size) return found;
    }
  }
  return found;
}

/** The newest readings of one sensor, oldest first; of what is only kept as summaries the last of each. */
export function readingsOf(database: DatabaseSync, query: OneSensor & { readonly limit: number }): Reading[] {
  const described = describedBy(database, query);
  const found: { time: number; reading: Reading }[] = [];
  for (const table of tables) {
    let room = query.limit;
    for (const { time, content } of rowsOf(database, table, query, described)) {
      if (room <= 0) break;
      room -= 1;
      for (const { row, summary } of content) {
        const reading = readingOf(row, time, summary[4]);
        found.push({ time, reading });
      }
    }
  }
  return found
    .sort((a, b) => a.time - b.time)
    .slice(-query.limit)
    .map(({ reading }) => reading);
}

/** One sensor in equal parts of the time between `from` and `to`. */
export function slicesOf(
  database: DatabaseSync,
  query: OneSensor & { readonly from: number; readonly to: number },
  slices: number,
): ReadingSlice[] {
  const span = Math.max(1, query.to - query.from);
  const summaries = new Array<Summary | undefined>(slices).fill(undefined);
  const described = describedBy(database, query);
  for (const table of tables)
    for (const { time, content } of rowsOf(database, table, query, described)) {
      const slice = Math.min(slices - 1, Math.floor(((time - query.from) * slices) / span));
      for (const { summary } of content) {
        const present = summaries[slice];
        summaries[slice] = present === undefined ? summary : joined(present, summary);
      }
    }
  return summaries.map((summary, index) => {
    const at = query.from + Math.ceil((index * span) / slices);
    const [count, min, mean, max] = summary ?? [0, null, null, null];
    return { at, count, min: min ?? undefined, mean: mean ?? undefined, max: max ?? undefined };
  });
}

type DescribedSensor = z.infer<typeof Described>;

/** Every description that the sensor ever had, by its id. */
function describedBy(database: DatabaseSync, query: OneSensor): Map<number, DescribedSensor> {
  const { where, values } = whereOf(query);
  const rows = database
    .prepare(
      `SELECT ${columns}, descriptions.json, descriptions.id AS description, servers.id AS serverId
       FROM ${joins} ON descriptions.sensor = sensors.id WHERE ${where} AND sensors.name = ?`,
    )
    .all(...values, query.sensor);
  return new Map(
    rows.map((row) => {
      const described = Described.parse(row);
      return [described.description, described];
    }),
  );
}

/** What a table has of the sensor, the newest first. */
function* rowsOf(
  database: DatabaseSync,
  table: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: OneSensor,
  described: ReadonlyMap<number, DescribedSensor>,
): Generator<{ time: number; content: { row: DescribedSensor; summary: Summary }[] }> {
  const servers = [...new Set([...described.values()].map(({ serverId }) => serverId))];
  const rows = database
    .prepare(
      `SELECT time, json FROM ${table} WHERE server IN (${servers.map(() => '?').join(',')})
       AND time >= ? AND time < ? ORDER BY time DESC`,
    )
    .iterate(...servers, from, to);
  for (const each of rows) {
    const { time, json } = PackedRow.parse(each);
    const content = [...unpack(json)].flatMap(([description, summary]) => {
      const row = described.get(description);
      return row === undefined ? [] : [{ row, summary }];
    });
    if (content.length > 0) yield { time, content };
  }
}

/** Conditions on the server, whatever the time. */
function whereOf({ source, server, host }: MetricFilter): { where: string; values: string[] } {
  const held = [
    ['servers.source = ?', source],
    ['servers.name = ?', server],
    ['servers.host = ?', host],
  ].flatMap(([text, value]) => (value === undefined || text === undefined ? [] : [{ text, value }]));
  return {
    where: ['1', ...held.map(({ text }) => text)].join(' AND '),
    values: held.map(({ value }) => value),
  };
}
