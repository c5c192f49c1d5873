/** Indexer into real Elasticsearch, against the client's own bulk helper with the same documents in the same run. */
import { Client } from '@elastic/elasticsearch';
import pino from 'pino';
import { logsStage } from '#services/indexer/logs-stage.ts';
import type { BusRecord } from '#shared/bus/port.ts';
import { namesIn } from '#shared/store/elasticsearch/names.ts';
import { newInstallation } from '#shared/store/elasticsearch/testing/installation.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { logId } from '#shared/text/log-id.ts';
import { filebeatEvent } from './events.ts';
import { median } from './measure.ts';

export interface IndexerFigures {
  /** Documents a second, medians over the rounds. */
  readonly indexer: number;
  /** The helper, given parsed documents and their ids. */
  readonly bulkHelper: number;
  /** The helper, given what the indexer is given: it parses the records and makes the ids on the way. */
  readonly bulkHelperFromRecords: number;
  /** The helper again, without the ingest pipeline of the type: what the pipeline costs Elasticsearch. */
  readonly withoutPipeline: number;
  /** The indexer over each. */
  readonly ratio: number;
  readonly ratioFromRecords: number;
  readonly rounds: readonly Round[];
}

type Round = Readonly<Record<'indexer' | 'bulkHelper' | 'bulkHelperFromRecords' | 'withoutPipeline', number>>;

/** Partitions that the indexer works on at once, as one member of a small installation does. */
const partitions = 4;
const batchBytes = 4 * 1024 * 1024;

/**
 * Each round writes the same documents four times into data streams of one template: by the indexer's stage (from record values to
 * covered offsets: parsing, ids, bulks, verification at the takeover), and by `client.helpers.bulk` from parsed objects with ids,
 * at the same bytes a request and requests at once, through the same ingest pipeline (and once without it). Rounds alternate which goes first, and the first round is not counted.
 */
export async function benchIndexer(options: {
  documents: number;
  rounds: number;
  say: (line: string) => void;
}): Promise<IndexerFigures> {
  const rounds: Round[] = [];
  const values = Array.from({ length: options.documents }, (_, index) => Buffer.from(filebeatEvent(index)));
  const measures = {
    indexer: () => withIndexer(values),
    bulkHelper: () => withHelper(values, values.map(prepare)),
    bulkHelperFromRecords: () => withHelper(values, prepared(values)),
    withoutPipeline: () => withHelper(values, values.map(prepare), '_none'),
  };
  for (let round = 0; round <= options.rounds; round++) {
    const result = { indexer: 0, bulkHelper: 0, bulkHelperFromRecords: 0, withoutPipeline: 0 };
    const order = ['indexer', 'bulkHelper', 'bulkHelperFromRecords', 'withoutPipeline'] as const;
    for (const name of round % 2 === 0 ? order : order.toReversed())
      result[name] = Math.round(await measures[name]());
    options.say(`round ${round}: ${JSON.stringify(result)}`);
    if (round > 0) rounds.push(result);
  }
  const middle = (name: keyof Round): number => median(rounds.map((round) => round[name]));
  const over = (name: keyof Round): number => Math.round((middle('indexer') / middle(name)) * 100) / 100;
  return {
    indexer: middle('indexer'),
    bulkHelper: middle('bulkHelper'),
    bulkHelperFromRecords: middle('bulkHelperFromRecords'),
    withoutPipeline: middle('withoutPipeline'),
    ratio: over('bulkHelper'),
    ratioFromRecords: over('bulkHelperFromRecords'),
    rounds,
  };
}

interface Prepared {
  readonly id: string;
  readonly document: unknown;
}

function prepare(value: Buffer, offset: number): Prepared {
  const document = JSON.parse(value.toString());
  return { id: logId(document, { topic: 'logs.app', partition: 0, offset, value }), document };
}

async function* prepared(values: readonly Buffer[]): AsyncGenerator<Prepared> {
  for (const [offset, value] of values.entries()) yield prepare(value, offset);
}

async function withIndexer(values: readonly Buffer[]): Promise<number> {
  const installation = newInstallation();
  const { elasticsearch, config } = installation;
  const store = await openElasticsearchStore({
    elasticsearch,
    routes: config.routes,
    logger: pino({ level: 'silent' }),
  });
  await store.setup();
  const stage = logsStage('app', { store, metrics: { documents: () => {}, written: () => {} } });
  const signal = new AbortController().signal;
  const started = performance.now();
  const share = Math.ceil(values.length / partitions);
  await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const task = stage.task(partition);
      for (const records of batches(values.slice(partition * share, (partition + 1) * share), partition)) {
        const result = await task.handle(
          { kind: 'batch', records, caughtUp: false },
          { now: Date.now(), signal },
        );
        if (result.records.length > 0) throw new Error('dead letters in a benchmark');
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  await store.refresh();
  const count = await store.countLogs({});
  if (count !== values.length) throw new Error(`the indexer stored ${count} of ${values.length}`);
  await store.close();
  await installation.remove();
  return values.length / seconds;
}

async function withHelper(
  values: readonly Buffer[],
  documents: Prepared[] | AsyncGenerator<Prepared>,
  without?: '_none',
): Promise<number> {
  const installation = newInstallation();
  const { elasticsearch, config } = installation;
  const names = namesIn(elasticsearch.namespace);
  const store = await openElasticsearchStore({
    elasticsearch,
    routes: config.routes,
    logger: pino({ level: 'silent' }),
  });
  await store.setup();
  const client = new Client({ node: elasticsearch.url });
  const target = { _index: names.logs('app'), pipeline: without ?? names.asset('logs-app') };
  const started = performance.now();
  const result = await client.helpers.bulk({
    datasource: documents,
    onDocument: ({ id, document }) => [{ create: { ...target, _id: id } }, document],
    flushBytes: elasticsearch.bulkBytes / partitions,
    concurrency: elasticsearch.bulkConcurrency,
  });
  const seconds = (performance.now() - started) / 1000;
  if (result.successful !== values.length) throw new Error(`the helper stored ${result.successful}`);
  await client.close();
  await store.close();
  await installation.remove();
  return values.length / seconds;
}

function batches(values: readonly Buffer[], partition: number): BusRecord[][] {
  const all: BusRecord[][] = [[]];
  let bytes = 0;
  for (const [offset, value] of values.entries()) {
    if (bytes + value.length > batchBytes) {
      all.push([]);
      bytes = 0;
    }
    bytes += value.length;
    all
      .at(-1)
      ?.push({ topic: 'logs.app', partition, offset, key: null, value, headers: {}, timestamp: Date.now() });
  }
  return all;
}

if (import.meta.main)
  console.log(
    JSON.stringify(await benchIndexer({ documents: 60_000, rounds: 3, say: (line) => console.error(line) })),
  );
