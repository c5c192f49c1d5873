import type { DependencyHealth } from '#shared/bus/port.ts';

/** How the process is, for `/healthz` and `/readyz`. */
export interface ProcessHealth {
  /** What is wrong with the process itself, so that only a restart helps; empty where it lives. */
  ailments(): readonly string[];
  /** What it depends on. An empty list: it is still starting, and not ready. */
  readiness(): Promise<readonly DependencyHealth[]>;
}
