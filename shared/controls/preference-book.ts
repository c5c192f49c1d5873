import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type Origin, plainly } from '#shared/audit/index.ts';
import type { Bus, OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Preference, PreferenceDraft } from '#shared/model/index.ts';
import { preferenceKey } from './preference-key.ts';
import { readControls } from './read-controls.ts';

export interface PreferenceBookOptions {
  readonly bus: Bus;
  readonly config: Pick<Config, 'people' | 'teams'>;
  /** Told of every change. */
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Lists and changes what people and teams want to be told of. Each change is in the audit log, in the same transaction. */
export class PreferenceBook {
  readonly #options: PreferenceBookOptions;

  constructor(options: PreferenceBookOptions) {
    this.#options = options;
  }

  /** All that have not been reset, by name. */
  async list(): Promise<Preference[]> {
    const { state } = await readControls(this.#options.bus, this.#options.logger);
    return [...state.preferences.values()].sort((a, b) => a.who.localeCompare(b.who));
  }

  /**
   * Puts what somebody wants in the place of what they wanted before, and of what the configuration says.
   *
   * @throws LogpatrolError `usage` where the configuration knows nobody of this name
   */
  async set(draft: PreferenceDraft, origin: Origin): Promise<Preference> {
    const { who, tell, from, by } = draft;
    this.#mustBeKnown(who);
    const now = this.#options.clock();
    const preference: Preference = { kind: 'preference', ...draft, createdAt: new Date(now).toISOString() };
    const note = tell ? `told${from === undefined ? '' : ` from ${from} on`}` : 'not told';
    await this.#write([
      recordOf(who, preference),
      plainly(origin, now, { action: 'preference.set', by, controlId: preferenceKey.of(who), note }),
    ]);
    this.#options.logger.info({ preference }, `preference of ${who} set by ${by}: ${note}`);
    return preference;
  }

  /**
   * Takes back what somebody wanted: what the configuration says of them holds again.
   *
   * @returns false where there was nothing to take back
   */
  async reset(who: string, by: string, origin: Origin): Promise<boolean> {
    if (!(await this.list()).some((one) => one.who === who)) return false;
    await this.#write([
      recordOf(who, null),
      plainly(origin, this.#options.clock(), {
        action: 'preference.reset',
        by,
        controlId: preferenceKey.of(who),
      }),
    ]);
    this.#options.logger.info({ who, by }, `preference of ${who} reset by ${by}`);
    return true;
  }

  #mustBeKnown(who: string): void {
    const { people, teams } = this.#options.config;
    if (Object.hasOwn(people, who) || Object.hasOwn(teams, who)) return;
    const known = [...Object.keys(people), ...Object.keys(teams)];
    throw new LogpatrolError(
      'usage',
      `there is nobody "${who}" under people or teams; there ${known.length === 0 ? 'is nobody' : `are ${known.join(', ')}`}`,
    );
  }

  async #write(records: readonly OutRecord[]): Promise<void> {
    // A name of its own, for a writer fences whoever has the same; a change is a matter of once in a while.
    const writer = await this.#options.bus.writer(`preferences-${randomUUID()}`);
    try {
      await writer.write(records);
    } finally {
      await writer.close();
    }
  }
}

function recordOf(who: string, preference: Preference | null): OutRecord {
  return {
    topic: topic.controls,
    partition: 0,
    key: preferenceKey.of(who),
    value: preference === null ? null : JSON.stringify(preference),
  };
}
