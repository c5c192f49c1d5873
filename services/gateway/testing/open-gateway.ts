import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Registry } from 'prom-client';
import { readAudit } from '#shared/audit/index.ts';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus, OutRecord, Writer } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import type { FrontDoor } from '#shared/lifecycle/index.ts';
import { ActionSignal, type AuditEntry, type Finding } from '#shared/model/index.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { start } from '../main.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A gateway on a port of its own, with a bus and a store of its own. */
export interface TestGateway {
  readonly url: string;
  readonly door: FrontDoor;
  readonly bus: Bus;
  readonly store: Store;
  readonly registry: Registry;
  /** All that it has logged. */
  logged(): string;
  /** While this is held, nothing that is written to the bus comes to an end. */
  hold(): { release(): void };
  /** While this is refused, the bus throws it. */
  refuse(error: Error | undefined): void;
  save(...findings: Finding[]): Promise<void>;
  signals(): Promise<ActionSignal[]>;
  audit(): Promise<AuditEntry[]>;
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Where it is asked; by default 127.0.0.1. */
  readonly address?: string;
}

/** @param clock milliseconds since the epoch */
export async function openGateway(
  config: Record<string, unknown>,
  clock: () => number = Date.now,
): Promise<TestGateway> {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-gateway-'));
  const real = await openEmbeddedBus({ dataDir: folder, maxBytes: 1e8, logger });
  const store = await openEmbeddedStore({ dataDir: folder, maxBytes: 1e8, logger });
  const parsed = ConfigSchema.parse({ ...config, http: { port: 0, ...Object(config.http) } });
  await real.setup(topicSpecs(parsed));
  let held: Promise<void> | undefined;
  let refusal: Error | undefined;
  const slow = async (id: string): Promise<Writer> => {
    const writer = await real.writer(id);
    const write = async (records: readonly OutRecord[]): Promise<void> => {
      await held;
      if (refusal !== undefined) throw refusal;
      await writer.write(records);
    };
    return { write, close: () => writer.close() };
  };
  // Everything is the real bus; what is written goes through a gate.
  const bus: Bus = new Proxy(real, {
    get: (target, name) => {
      if (name === 'writer') return slow;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const registry = new Registry();
  const health = { ailments: () => [], readiness: async () => [] };
  const door = await start({ config: parsed, bus, store, logger, metrics: registry, clock }, { health });
  return {
    ...{ url: door.url, door, bus, store, registry },
    logged: () => lines.join(''),
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return { release: resolve };
    },
    refuse: (error) => {
      refusal = error;
    },
    save: async (...findings) => {
      await store.saveFindings(findings, { signal: new AbortController().signal });
    },
    signals: async () => {
      const found: ActionSignal[] = [];
      for await (const { value } of real.read(topic.signals)) {
        const read = readValue(ActionSignal, value);
        if (read.ok) found.push(read.value);
      }
      return found;
    },
    audit: () => readAudit(real, logger, { limit: 1000 }),
    ask: (method, path, options) => ask(door.url, method, path, options),
    close: async () => {
      await door.stop();
      await real.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** fetch would not let Host, Origin and the like be chosen. */
function ask(
  url: string,
  method: string,
  path: string,
  { headers = {}, body, address }: AskOptions = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { port } = new URL(url);
  const sent = request({ host: address ?? '127.0.0.1', port, path, method, headers }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        text: Buffer.concat(parts).toString('utf8'),
        headers: response.headers,
      }),
    );
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
