import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Bus, DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import type { Store } from '#shared/store/port.ts';

/** What every service is started with: the process's one configuration, ports, logger, metrics and clock. */
export interface Runtime {
  readonly config: Config;
  readonly bus: Bus;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A started service. */
export interface Service {
  readonly name: string;
  /** What `/readyz` asks: one entry for each thing that must work for this service to do its job. */
  readiness(): Promise<DependencyHealth[]>;
  /** Settles when the service has ended; rejects with what ended it where that was not `stop`. */
  readonly ended: Promise<void>;
  /** Stops within 10 s, losing nothing. */
  stop(): Promise<void>;
}
