import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { z } from 'zod';
import { plainly } from '#shared/audit/index.ts';
import type { Bus } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { begunDrill, type DrillReport, planDrill, runDrill } from '#shared/drill/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import { bodyOf } from './json-body.ts';
import { originOf } from './origin.ts';

export interface DrillsApiOptions {
  readonly bus: Bus;
  readonly store: StoreReader;
  readonly config: Config;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const maxBodyBytes = 1024;
/** Reports that are kept for whoever asks. */
const mostKept = 20;

const DrillDraft = z.strictObject({
  by: z.string().trim().min(1).max(200),
  timeoutSeconds: z.number().min(5).max(600).optional(),
});

/**
 * Drills over HTTP on the embedded bus, which is this process's alone: `POST /drills` begins one and `GET /drills/:id` says how far it
 * has got. One at a time.
 */
export function drillsApi({ bus, store, config, logger, clock }: DrillsApiOptions): Hono {
  const kept = new Map<string, DrillReport>();
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json({ error: `at most ${maxBodyBytes} bytes are accepted` }, 413),
  });
  const keep = (report: DrillReport): void => {
    kept.set(report.id, report);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  };
  return new Hono()
    .post('/drills', limit, async (context) => {
      const draft = await bodyOf(context, DrillDraft);
      if (draft instanceof Response) return draft;
      // There the gateway's account may not write lines, and need not.
      if (config.kafka !== undefined)
        return context.json(
          { error: 'on Kafka a drill is run by `logpatrol drill`, as the account operator' },
          422,
        );
      const running = [...kept.values()].find(({ outcome }) => outcome === 'running');
      if (running !== undefined)
        return context.json({ error: `the drill ${running.id} is under way; wait for its end` }, 409);
      const plan = planDrill(config, draft);
      const report = begunDrill(plan, clock());
      keep(report);
      const writer = await bus.writer(`drill-audit-${plan.id}`);
      try {
        const done = { action: 'drill.run', by: draft.by, note: plan.id };
        await writer.write([plainly(originOf(context), clock(), done)]);
      } finally {
        await writer.close();
      }
      runDrill({ bus, store, config, logger, clock }, plan, keep).catch((error: unknown) => {
        logger.error({ err: error }, `drill ${plan.id} could not be run`);
        const last = kept.get(plan.id) ?? report;
        const failure = {
          ...{ hop: 'line' as const, why: messageOf(error) },
          ...{ remedy: 'see the log of logpatrol', anchor: 'drill-failed' },
        };
        keep({ ...last, outcome: 'failed', failure });
      });
      return context.json({ drill: report }, 202);
    })
    .get('/drills/:id', (context) => {
      const report = kept.get(context.req.param('id'));
      if (report === undefined) return context.json({ error: 'nothing is known of such a drill' }, 404);
      return context.json({ drill: report });
    });
}
