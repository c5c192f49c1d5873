import type { Logger } from 'pino';
import { z } from 'zod';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { ChannelState } from './deliver/index.ts';

/** Of a channel without the setting: the console. */
const defaultDownAfterSeconds = 30;
const Settings = z.looseObject({ downAfterSeconds: z.number().default(defaultDownAfterSeconds) });

/** Failing for so many milliseconds, the channel of these settings is down. */
export function downAfterMs(settings: unknown): number {
  return Settings.parse(settings).downAfterSeconds * 1000;
}

/** How the channels are that this process sends to, for the operator's log and `/readyz`. */
export class ChannelWatch {
  readonly #logger: Logger;
  readonly #states = new Map<string, ChannelState>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  note(name: string, state: ChannelState): void {
    const before = this.#states.get(name)?.kind;
    this.#states.set(name, state);
    if (state.kind === 'down')
      this.#logger.error({ channel: name }, `channel ${name} is down ${sinceWhen(state)}: ${state.error}`);
    else if (before === 'down' && state.kind === 'well')
      this.#logger.info({ channel: name }, `channel ${name} takes cards again`);
  }

  /**
   * What is said of the channels. None makes the process unready: it keeps what waits, and another process would not be heard
   * either.
   */
  health(): DependencyHealth[] {
    return [...this.#states].map(([name, state]) => ({
      name: `channel ${name}`,
      ok: true,
      detail: state.kind === 'down' ? `down ${sinceWhen(state)}: ${state.error}` : state.kind,
    }));
  }
}

function sinceWhen({ since }: ChannelState): string {
  return since === undefined ? '' : `since ${new Date(since).toISOString()}`;
}
