import { z } from 'zod';
import { type AuditQuery, readAudit } from '#shared/audit/index.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { ControlBook } from '#shared/controls/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { actorOf, performAction } from '#shared/interaction/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import { AuditEntry, type PersonAction } from '#shared/model/index.ts';
import { withBus } from './with-bus.ts';

/** What somebody wants done about an incident from the command line. */
export interface Wish {
  readonly incidentId: string;
  readonly action: PersonAction;
  /** A key of `people`, or a name. */
  readonly by: string;
  /** A key of `people`. */
  readonly to?: string | undefined;
  readonly note?: string | undefined;
}

/**
 * Does it, wherever the bus is, and says in one sentence what was done.
 *
 * @throws LogpatrolError `usage` where it is refused
 */
export async function actOn(config: Config, wish: Wish): Promise<string> {
  const { incidentId, action, by, to, note } = wish;
  const topics = [topic.signals, topic.findings, topic.controls, topic.audit];
  return withBus(config, topics, {
    here: async (bus, logger) => {
      const store = await openStore(config, { logger });
      try {
        const clock = Date.now;
        const book = new ControlBook({ bus, logger, clock });
        const actor = actorOf(config, by) ?? { id: by, name: by };
        const request = { incidentId, action, by: actor, to, note, via: 'cli' } as const;
        const answer = await performAction({ bus, store, book, clock, logger, config }, request);
        if (answer.kind === 'refused') throw new LogpatrolError('usage', answer.sentence.en);
        return answer.sentence.en;
      } finally {
        await store.close();
      }
    },
    there: async (process) => {
      const path = `/api/incidents/${encodeURIComponent(incidentId)}/actions`;
      const said = z.object({ message: z.string() });
      return (await process.ask('POST', path, said, { action, by, to, note })).message;
    },
  });
}

/** Who did what, the newest first, wherever the bus is. */
export async function auditOf(config: Config, query: AuditQuery): Promise<AuditEntry[]> {
  return withBus(config, [topic.audit], {
    here: (bus, logger) => readAudit(bus, logger, query),
    there: async (process) => {
      const { since, incidentId, by, limit } = query;
      const asked = {
        since: since === undefined ? undefined : new Date(since).toISOString(),
        incident: incidentId,
        by,
        limit: String(limit),
      };
      const named = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined);
      const answer = z.object({ entries: z.array(AuditEntry) });
      return (await process.ask('GET', `/api/audit?${new URLSearchParams(named)}`, answer)).entries;
    },
  });
}
