import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { newInstallation } from '#shared/store/elasticsearch/testing/installation.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { LogDocument, Store } from '#shared/store/port.ts';

/** A store with nothing in it, what a process needs to read it, and its end. */
export interface StoreSetting {
  readonly store: Store;
  /** Environment of a `logpatrol` that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const logger = pino({ level: 'silent' });

export async function embeddedSetting(): Promise<StoreSetting> {
  const dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-stored-'));
  const store = await openEmbeddedStore({ dataDir, maxBytes: 1e9, logger });
  const remove = async (): Promise<void> => {
    await store.close();
    await rm(dataDir, { recursive: true });
  };
  return { store, env: { LOGPATROL_DATA_DIR: dataDir }, remove };
}

export async function elasticsearchSetting(): Promise<StoreSetting> {
  const { elasticsearch, config, remove } = newInstallation();
  const store = await openElasticsearchStore({ elasticsearch, routes: config.routes, logger });
  await store.setup();
  return {
    store,
    env: {
      LOGPATROL_ELASTICSEARCH_URL: elasticsearch.url,
      LOGPATROL_ELASTICSEARCH_NAMESPACE: elasticsearch.namespace,
    },
    remove: async () => {
      await store.close();
      await remove();
    },
  };
}

/** A line as the indexer stores it. */
export function storedLine(
  id: string,
  at: number,
  message: string,
  { service = 'shop', host = 'web-1', type = 'app', offset = 0 } = {},
): LogDocument {
  const event = {
    '@timestamp': new Date(at).toISOString(),
    message,
    host: { name: host },
    service: { name: service },
    log: { offset, file: { path: `/var/log/${service}.log` } },
  };
  return { id, type, json: JSON.stringify(event) };
}

/** Stores them and makes them visible. */
export async function keep(store: Store, lines: readonly LogDocument[]): Promise<void> {
  await store.saveLogs(lines, { signal: new AbortController().signal });
  await store.refresh();
}
