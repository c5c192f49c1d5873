import type { Logger } from 'pino';
import type { Bus, DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import type { StoreReader } from '#shared/store/port.ts';

/** `unknown`: this account may not look, or what would have to be asked does not answer, which another check tells. */
export type Status = 'ok' | 'warning' | 'bad' | 'unknown';

/** What a check found of one thing. */
export interface Answer {
  /** What was looked at. */
  readonly name: string;
  readonly status: Status;
  readonly version?: string;
  readonly detail: string;
  /** What to do where it is not well. */
  readonly remedy?: string;
  /** Where `docs/troubleshooting.md` says more. */
  readonly anchor?: string;
}

/** What checks look at. The bus and the store are opened when the first check wants them. */
export interface Setting {
  readonly config: Config;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** @throws LogpatrolError where it cannot be opened */
  bus(): Promise<Bus>;
  /** @throws LogpatrolError where it cannot be opened */
  store(): Promise<StoreReader>;
}

export const parts = ['logpatrol', 'alerts', 'bus', 'store', 'model', 'channels', 'machines'] as const;
export type Part = (typeof parts)[number];

/** One question. Checks are asked at once, and each for some seconds at most. */
export interface Check {
  /** What `--only` calls it. */
  readonly name: string;
  readonly part: Part;
  /** Every anchor of `docs/troubleshooting.md` that its answers may name. */
  readonly anchors: readonly string[];
  /** False where there is nothing of the kind with this configuration. Default: it always applies. */
  applies?(config: Config): boolean;
  /** @throws LogpatrolError where it could not look */
  ask(setting: Setting): Promise<Answer[]>;
}

/** The state of a dependency as an answer. */
export function answerOf({ ok, ...health }: DependencyHealth, anchor: string): Answer {
  return { ...health, status: ok ? 'ok' : 'bad', ...(!ok && { anchor }) };
}
