import type { Logger } from 'pino';
import { z } from 'zod';
import type { Change, DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { RetentionConfig } from '#shared/config/retention-schema.ts';
import { messageOf } from '#shared/errors/index.ts';
import {
  AuditEntry,
  Delivery,
  Finding,
  type Metric,
  type Reading,
  type ServerStatus,
} from '#shared/model/index.ts';
import type { Runbook } from '#shared/runbooks/port.ts';
import { isNestedDeeperThan } from '#shared/text/json-depth.ts';
import { auditId, deliveryId } from './document-id.ts';
import { pipelineOf } from './elasticsearch/assets.ts';
import { type BulkItem, BulkWriter } from './elasticsearch/bulk.ts';
import {
  Connection,
  type ElasticsearchConfig,
  Forbidden,
  Refused,
  TooLarge,
} from './elasticsearch/connection.ts';
import { findingDocument } from './elasticsearch/finding-document.ts';
import { MetricSearch } from './elasticsearch/metric-search.ts';
import { saveMetrics } from './elasticsearch/metric-writes.ts';
import { isTypeName, metricStreams, type Names, namesIn } from './elasticsearch/names.ts';
import { saveSections } from './elasticsearch/runbooks.ts';
import { scanStreams } from './elasticsearch/scan.ts';
import {
  auditFilter,
  deliveryFilter,
  findingFilter,
  type Hit,
  logFilter,
  logSort,
  SearchAnswer,
  sliceAggregations,
  sliceCounts,
  toStoredLog,
} from './elasticsearch/search.ts';
import { serviceAggregations, serviceCounts } from './elasticsearch/services.ts';
import { applyAssets } from './elasticsearch/setup.ts';
import { snapshotAssets } from './elasticsearch/snapshot-assets.ts';
import type { MetricReader, ReadingSlice } from './metrics-port.ts';
import {
  type AuditQuery,
  type DeliveryQuery,
  type FindingQuery,
  type LogDocument,
  type LogFilter,
  type LogQuery,
  type LogScan,
  maxNesting,
  type SaveRunbooksOptions,
  type ScannedLog,
  type ServiceCount,
  type Store,
  type StoredLog,
  type WriteOptions,
  type WriteOutcome,
} from './port.ts';
import { storedSections } from './runbook-sections.ts';

interface Options {
  readonly elasticsearch: ElasticsearchConfig;
  readonly routes: Config['routes'];
  readonly logger: Logger;
  /** What set-up makes of it; the defaults where absent. */
  readonly retention?: Config['retention'];
  /** Where snapshots go; nowhere where absent. */
  readonly snapshots?: Config['snapshots'];
}

/**
 * The store in Elasticsearch: logs in data streams `logs-<type>-<namespace>`, findings in an index behind the alias
 * `findings-<namespace>`, runbooks in one behind `runbooks-<namespace>`, deliveries in the data stream `deliveries-<namespace>`, who did what in
 * `audit-<namespace>`, readings and statuses of hardware in those of `metric-writes.ts`. Elasticsearch need not be up; writes wait for it (and for `setup`, where that has not been done), everything
 * else throws LogpatrolError `unreachable`.
 */
export async function openElasticsearchStore(options: Options): Promise<Store> {
  const names = namesIn(options.elasticsearch.namespace);
  const pipelines = new Map<string, string>();
  for (const [type, route] of Object.entries(options.routes)) {
    const pipeline = await pipelineOf(type, route, names);
    if (pipeline !== undefined) pipelines.set(type, pipeline);
  }
  return new ElasticsearchStore(options, names, pipelines);
}

class ElasticsearchStore implements Store {
  readonly #options: Options;
  readonly #names: Names;
  readonly #pipelines: ReadonlyMap<string, string>;
  readonly #connection: Connection;
  readonly #bulk: BulkWriter;
  readonly #metrics: MetricSearch;

  constructor(options: Options, names: Names, pipelines: ReadonlyMap<string, string>) {
    this.#options = options;
    this.#names = names;
    this.#pipelines = pipelines;
    this.#connection = new Connection(options.elasticsearch);
    this.#bulk = new BulkWriter(this.#connection, { ...options.elasticsearch, logger: options.logger });
    this.#metrics = new MetricSearch(this.#connection, names);
  }

  async saveLogs(documents: readonly LogDocument[], options: WriteOptions): Promise<WriteOutcome[]> {
    const refusals = documents.map(refusalOf);
    const items = documents
      .filter((_, index) => refusals[index] === undefined)
      .map((document) => this.#logItem(document));
    const written = (await this.#bulk.write(items, 'data-stream', options)).values();
    return refusals.map((reason) => {
      const outcome = reason === undefined ? written.next().value : { kind: 'rejected' as const, reason };
      if (outcome === undefined) throw new Error('a document without an outcome');
      return outcome;
    });
  }

  async saveFindings(findings: readonly Finding[], options: WriteOptions): Promise<WriteOutcome[]> {
    const items = findings.map((finding) => ({
      id: finding.id,
      index: this.#names.findings,
      action: JSON.stringify({
        index: {
          _index: this.#names.findings,
          _id: finding.id,
          version: finding.revision,
          version_type: 'external',
        },
      }),
      source: JSON.stringify(findingDocument(finding)),
    }));
    return await this.#bulk.write(items, 'alias', options);
  }

  async saveDeliveries(deliveries: readonly Delivery[], options: WriteOptions): Promise<WriteOutcome[]> {
    const items = deliveries.map((delivery) =>
      entryItem(this.#names.deliveries, deliveryId(delivery), delivery),
    );
    return await this.#bulk.write(items, 'data-stream', options);
  }

  async saveAudit(entries: readonly AuditEntry[], options: WriteOptions): Promise<WriteOutcome[]> {
    const items = entries.map((entry) => entryItem(this.#names.audit, auditId(entry), entry));
    return await this.#bulk.write(items, 'data-stream', options);
  }

  async saveMetrics(metrics: readonly Metric[], options: WriteOptions): Promise<WriteOutcome[]> {
    return await saveMetrics(this.#bulk, this.#names, metrics, options, this.#options.logger);
  }

  async saveRunbooks(runbooks: readonly Runbook[], options: SaveRunbooksOptions): Promise<Change> {
    const sections = storedSections(runbooks);
    return (await saveSections(this.#connection, this.#bulk, this.#names.runbooks, sections, options)).change;
  }

  async searchLogs(query: LogQuery): Promise<StoredLog[]> {
    const streams = this.#streams(query.type);
    if (streams === undefined) return [];
    for (let { limit } = query; limit > 0; limit = Math.floor(limit / 4)) {
      try {
        const hits = await this.#search(streams, logFilter(query), logSort(query.order), { ...query, limit });
        return hits.map((hit) => toStoredLog(hit, this.#names));
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error;
      }
    }
    return [];
  }

  async countLogs(query: LogFilter): Promise<number> {
    const streams = this.#streams(query.type);
    if (streams === undefined) return 0;
    const answer = await this.#connection.call({
      method: 'POST',
      path: `/${streams}/_count`,
      query: { ignore_unavailable: true },
      body: { query: logFilter(query) },
    });
    return z.object({ count: z.number() }).parse(answer).count;
  }

  async countLogsOverTime(
    query: LogFilter & { readonly from: number; readonly to: number },
    slices: number,
  ): Promise<number[]> {
    const answer = await this.#aggregate(query, sliceAggregations(query.from, query.to, slices));
    return sliceCounts(answer, slices);
  }

  async *scanLogs(query: LogScan): AsyncGenerator<readonly ScannedLog[]> {
    const streams = this.#streams(query.type);
    if (streams !== undefined) yield* scanStreams(this.#connection, streams, this.#names, query);
  }

  async services(query: LogFilter & { readonly limit: number }): Promise<ServiceCount[]> {
    const answer = await this.#aggregate(query, serviceAggregations(query.limit));
    return serviceCounts(answer, query.limit);
  }

  async searchFindings(query: FindingQuery): Promise<Finding[]> {
    const sort = [{ lastSeen: 'desc' }, { id: 'asc' }];
    const hits = await this.#search(this.#names.findings, findingFilter(query), sort, query);
    return hits.map((hit) => Finding.parse(hit._source));
  }

  async finding(id: string): Promise<Finding | undefined> {
    if (id === '') return undefined;
    try {
      const path = `/${this.#names.findings}/_doc/${encodeURIComponent(id)}`;
      const answer = await this.#connection.call({ method: 'GET', path });
      return Finding.parse(z.object({ _source: z.unknown() }).parse(answer)._source);
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  async deliveries(query: DeliveryQuery): Promise<Delivery[]> {
    const sort = [{ '@timestamp': 'desc' }, { attempt: 'desc' }];
    const hits = await this.#search(this.#names.deliveries, deliveryFilter(query), sort, query);
    return hits.map((hit) => Delivery.parse(hit._source));
  }

  async audit(query: AuditQuery): Promise<AuditEntry[]> {
    const sort = [{ '@timestamp': 'desc' }, { id: 'asc' }];
    const hits = await this.#search(this.#names.audit, auditFilter(query), sort, query);
    return hits.map((hit) => AuditEntry.parse(hit._source));
  }

  async latestReadings(query: Parameters<MetricReader['latestReadings']>[0]): Promise<Reading[]> {
    return await this.#metrics.latestReadings(query);
  }

  async readings(query: Parameters<MetricReader['readings']>[0]): Promise<Reading[]> {
    return await this.#metrics.readings(query);
  }

  async readingsOverTime(
    query: Parameters<MetricReader['readingsOverTime']>[0],
    slices: number,
  ): Promise<ReadingSlice[]> {
    return await this.#metrics.readingsOverTime(query, slices);
  }

  async serverStatuses(query: Parameters<MetricReader['serverStatuses']>[0]): Promise<ServerStatus[]> {
    return await this.#metrics.serverStatuses(query);
  }

  async statusHistory(query: Parameters<MetricReader['statusHistory']>[0]): Promise<ServerStatus[]> {
    return await this.#metrics.statusHistory(query);
  }

  async refresh(): Promise<void> {
    const { findings, deliveries, audit } = this.#names;
    const targets = [this.#streams(undefined), findings, deliveries, audit, ...metricStreams(this.#names)]
      .filter((target) => target !== undefined)
      .join(',');
    await this.#connection.call({
      method: 'POST',
      path: `/${targets}/_refresh`,
      query: { ignore_unavailable: true },
    });
  }

  async setup(options?: { dryRun?: boolean }): Promise<Change[]> {
    const { elasticsearch, routes, retention = RetentionConfig.parse({}), snapshots } = this.#options;
    const { namespace, replicas } = elasticsearch;
    return await applyAssets(
      this.#connection,
      { routes, namespace, replicas, retention },
      this.#names,
      snapshots && (await snapshotAssets({ snapshots, routes }, this.#names)),
      options?.dryRun ?? false,
    );
  }

  async health(): Promise<DependencyHealth> {
    const name = 'elasticsearch';
    try {
      const root = await this.#connection.call({ method: 'GET', path: '/', timeoutMs: 5000 });
      const version = z.object({ version: z.object({ number: z.string() }) }).parse(root).version.number;
      const remedy = await this.#missingSetup();
      const detail = `${this.#connection.url} answers`;
      if (remedy === undefined) return { name, ok: true, version, detail };
      return { name, ok: false, version, detail: `${detail}, but its templates are not there`, remedy };
    } catch (error) {
      if (error instanceof Forbidden) return { name, ok: false, detail: error.said, remedy: error.remedy };
      const remedy =
        'start Elasticsearch, or set elasticsearch.url (LOGPATROL_ELASTICSEARCH_URL) to where it is';
      return { name, ok: false, detail: messageOf(error), remedy };
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #logItem(document: LogDocument): BulkItem {
    const index = this.#names.logs(document.type);
    const pipeline = this.#pipelines.get(document.type);
    const target = pipeline === undefined ? '' : `,"pipeline":${JSON.stringify(pipeline)}`;
    return {
      id: document.id,
      index,
      action: `{"create":{"_index":"${index}","_id":${JSON.stringify(document.id)}${target}}}`,
      // A newline ends the document in a bulk request; in JSON it is only white space.
      source: document.json.includes('\n') ? document.json.replaceAll('\n', ' ') : document.json,
    };
  }

  /** The data streams of a type, or of all routes; undefined where the type can have none. */
  #streams(type: string | undefined): string | undefined {
    const types = type === undefined ? Object.keys(this.#options.routes) : [type];
    if (types.length === 0 || !types.every(isTypeName)) return undefined;
    return types.map((each) => this.#names.logs(each)).join(',');
  }

  async #search(
    index: string,
    query: Record<string, unknown>,
    sort: readonly unknown[],
    { limit, signal, maxBytes }: { limit: number; signal?: AbortSignal; maxBytes?: number },
  ): Promise<Hit[]> {
    const answer = await this.#connection.call({
      method: 'POST',
      path: `/${index}/_search`,
      query: { ignore_unavailable: true },
      body: { query, sort, size: Math.min(limit, 10_000), track_total_hits: false },
      ...(signal && { signal }),
      ...(maxBytes !== undefined && { maxBytes }),
    });
    return SearchAnswer.parse(answer).hits.hits;
  }

  /** The answer of an aggregation over lines; an empty object where there can be none. */
  async #aggregate(query: LogFilter, aggs: Record<string, unknown>): Promise<unknown> {
    const streams = this.#streams(query.type);
    if (streams === undefined) return {};
    return await this.#connection.call({
      method: 'POST',
      path: `/${streams}/_search`,
      query: { ignore_unavailable: true },
      body: { query: logFilter(query), size: 0, track_total_hits: false, aggs },
    });
  }

  async #missingSetup(): Promise<string | undefined> {
    try {
      await this.#connection.call({
        method: 'GET',
        path: `/_alias/${this.#names.findings}`,
        timeoutMs: 5000,
      });
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return 'run `logpatrol setup`';
      throw error;
    }
  }
}

/** A document of a data stream that is written once and never changed. */
function entryItem(index: string, id: string, entry: { readonly at: string }): BulkItem {
  return {
    id,
    index,
    action: JSON.stringify({ create: { _index: index, _id: id } }),
    source: JSON.stringify({ '@timestamp': entry.at, ...entry }),
  };
}

/** Why a document cannot even be sent. */
function refusalOf(document: LogDocument): string | undefined {
  if (!isTypeName(document.type)) return 'the log type cannot be part of an index name';
  if (isNestedDeeperThan(document.json, maxNesting)) return `nested deeper than ${maxNesting} levels`;
  return undefined;
}
