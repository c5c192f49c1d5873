import type { Logger } from 'pino';
import type { Metric } from '#shared/model/index.ts';
import { metricDocumentId, seriesId } from '../document-id.ts';
import type { WriteOptions, WriteOutcome } from '../port.ts';
import type { BulkItem, BulkWriter } from './bulk.ts';
import type { Names } from './names.ts';

/**
 * Readings go to the time series `metrics-logpatrol.<source>-<namespace>`, where the id of a document follows from server, host, sensor and
 * moment, so that a repeat is refused (409) by the index of that time, however old. A time series takes no document from before
 * its first index (two hours before its first document) or from half an hour ahead, and no name beyond what fits an index; what it does
 * not take is kept in the data stream beside it, `metrics-logpatrol.late-<namespace>`, which is searched as well. Statuses
 * have `metrics-logpatrol.status-<namespace>`.
 */
export async function saveMetrics(
  bulk: BulkWriter,
  names: Names,
  metrics: readonly Metric[],
  options: WriteOptions,
  logger: Logger,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  const ofKind = (kind: Metric['kind']): number[] =>
    [...metrics.keys()].filter((index) => metrics[index]?.kind === kind);
  const write = async (
    some: readonly number[],
    itemOf: (metric: Metric) => BulkItem,
    target: 'data-stream' | 'time-series',
  ): Promise<void> => {
    const items = some.flatMap((index) => metrics[index] ?? []).map(itemOf);
    const written = await bulk.write(items, target, options);
    for (const [position, index] of some.entries()) {
      const outcome = written[position];
      if (outcome !== undefined) outcomes[index] = outcome;
    }
  };
  const readings = ofKind('reading');
  await Promise.all([
    write(readings, (reading) => itemOfSeries(reading, names), 'time-series'),
    write(ofKind('status'), (status) => item(status, names.statuses), 'data-stream'),
  ]);
  const late = readings.filter((index) => outcomes[index]?.kind === 'rejected');
  const [first] = late;
  if (first !== undefined) {
    logger.info(
      { readings: late.length, refused: outcomes[first] },
      `the time series does not take these readings; kept in ${names.lateMetrics}`,
    );
    await write(late, (reading) => item(reading, names.lateMetrics), 'data-stream');
  }
  return outcomes;
}

function itemOfSeries(metric: Metric, names: Names): BulkItem {
  const index = names.metrics(metric.source);
  const action = JSON.stringify({ create: { _index: index } });
  return { id: metricDocumentId(metric), index, action, source: JSON.stringify(documentOf(metric)) };
}

function item(metric: Metric, index: string): BulkItem {
  const id = metricDocumentId(metric);
  const action = JSON.stringify({ create: { _index: index, _id: id } });
  return { id, index, action, source: JSON.stringify(documentOf(metric)) };
}

/** As it is indexed. The id of a reading is not, for it follows from the rest and would take more than all of that. */
function documentOf(metric: Metric): Record<string, unknown> {
  const series = seriesId(metric);
  if (metric.kind === 'status') return { '@timestamp': metric.timestamp, series, ...metric };
  const { kind: _kind, id: _id, timestamp, ...rest } = metric;
  return { '@timestamp': timestamp, series, ...rest };
}
