import { z } from 'zod';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { PreferenceBook } from '#shared/controls/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { Preference, type PreferenceDraft } from '#shared/model/index.ts';
import { withBus } from './with-bus.ts';

/** What the commands do with preferences, wherever these are. */
export interface PreferenceDesk {
  list(): Promise<Preference[]>;
  /** @throws LogpatrolError `usage` where there is nobody of this name */
  set(draft: PreferenceDraft): Promise<Preference>;
  /** @throws LogpatrolError `usage` where there is nothing to reset */
  reset(who: string, by: string): Promise<void>;
}

const origin = { via: 'cli' } as const;
const clock = Date.now;

/** Opens what holds the preferences, wherever it is, and closes it after the work. @throws LogpatrolError as `withBus` says */
export async function withPreferenceDesk<T>(
  config: Config,
  work: (desk: PreferenceDesk) => Promise<T>,
): Promise<T> {
  return withBus(config, [topic.controls, topic.audit], {
    here: (bus, logger) => {
      const book = new PreferenceBook({ bus, logger, clock, config });
      return work({
        list: () => book.list(),
        set: (draft) => book.set(draft, origin),
        reset: async (who, by) => {
          if (await book.reset(who, by, origin)) return;
          throw new LogpatrolError('usage', `${who} has said nothing of their own`);
        },
      });
    },
    there: (process) =>
      work({
        list: async () => {
          const answer = z.object({ preferences: z.array(Preference) });
          return (await process.ask('GET', '/api/preferences', answer)).preferences;
        },
        set: async (draft) => {
          const answer = z.object({ preference: Preference });
          return (await process.ask('PUT', '/api/preferences', answer, draft)).preference;
        },
        reset: async (who, by) => {
          const path = `/api/preferences/${encodeURIComponent(who)}?by=${encodeURIComponent(by)}`;
          await process.ask('DELETE', path, z.object({ isReset: z.literal(true) }));
        },
      }),
  });
}
