import { z } from 'zod';
import { type Connection, Refused } from '../connection.ts';

/** An index behind a data stream. */
export interface BackingIndex {
  readonly stream: string;
  readonly name: string;
  readonly shards: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When the next index took its place; undefined of the one that is written to. */
  readonly closedAt: number | undefined;
  /** Of a time series: documents up to this moment may still come to it. */
  readonly openUntil: number | undefined;
}

const Streams = z.object({
  data_streams: z.array(
    z.object({ name: z.string(), indices: z.array(z.object({ index_name: z.string() })) }),
  ),
});
const Settings = z.record(
  z.string(),
  z.object({
    settings: z.looseObject({
      'index.creation_date': z.coerce.number(),
      'index.number_of_shards': z.coerce.number(),
      'index.time_series.end_time': z.string().optional(),
    }),
  }),
);

/** The indices of data streams, as far as there are such streams; those of one stream in their order. */
export async function backingIndices(
  connection: Connection,
  streams: readonly string[],
  signal: AbortSignal,
): Promise<BackingIndex[]> {
  const found: BackingIndex[] = [];
  for (const stream of streams) found.push(...(await indicesOf(connection, stream, signal)));
  return found;
}

async function indicesOf(
  connection: Connection,
  stream: string,
  signal: AbortSignal,
): Promise<BackingIndex[]> {
  try {
    const streams = Streams.parse(
      await connection.call({ method: 'GET', path: `/_data_stream/${stream}`, signal }),
    );
    const settings = Settings.parse(
      await connection.call({
        method: 'GET',
        path: `/${stream}/_settings`,
        query: { flat_settings: true },
        signal,
      }),
    );
    const names = streams.data_streams[0]?.indices.map(({ index_name }) => index_name) ?? [];
    return names.flatMap((name, position) => {
      const own = settings[name]?.settings;
      if (own === undefined) return []; // deleted between the two questions
      const next = settings[names[position + 1] ?? '']?.settings;
      const end = own['index.time_series.end_time'];
      return {
        stream,
        name,
        shards: own['index.number_of_shards'],
        createdAt: own['index.creation_date'],
        closedAt: next?.['index.creation_date'],
        openUntil: end === undefined ? undefined : Date.parse(end),
      };
    });
  } catch (error) {
    // Nothing has been written to it yet.
    if (error instanceof Refused && error.status === 404) return [];
    throw error;
  }
}
