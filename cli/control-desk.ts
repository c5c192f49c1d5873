import { z } from 'zod';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { audited, ControlBook, type FeedbackAnswer, giveFeedback } from '#shared/controls/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { feedbackRecords } from '#shared/interaction/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import { Control, type ControlDraft, ControlScope, type FeedbackDraft } from '#shared/model/index.ts';
import type { RunningProcess } from './running-process.ts';
import { withBus } from './with-bus.ts';

/** What the commands do with controls, wherever these are. */
export interface ControlDesk {
  list(): Promise<Control[]>;
  add(draft: ControlDraft): Promise<Control>;
  /** @throws LogpatrolError `usage` where there is none of this id */
  undo(id: string, by: string): Promise<Control>;
  /** @throws LogpatrolError `usage` where it is refused */
  feedback(draft: FeedbackDraft): Promise<Exclude<FeedbackAnswer, { kind: 'refused' }>>;
}

const Silenced = z.object({
  scope: ControlScope,
  control: Control.optional(),
  matches: z.object({ findings: z.number(), services: z.number(), days: z.number(), isAll: z.boolean() }),
  warnings: z.array(z.string()),
});
const One = z.object({ control: Control });
const clock = Date.now;
const origin = { via: 'cli' } as const;

/** Opens what holds the controls, wherever it is, and closes it after the work. @throws LogpatrolError as `withBus` says */
export async function withControlDesk<T>(
  config: Config,
  work: (desk: ControlDesk) => Promise<T>,
): Promise<T> {
  return withBus(config, [topic.controls, topic.audit, topic.signals], {
    here: (bus, logger) => {
      const book = new ControlBook({ bus, logger, clock });
      return work({
        list: () => book.list(),
        add: (draft) => book.add(draft, audited('control.add', origin, clock())),
        undo: async (id, by) => {
          const undone = await book.undo(id, by, audited('control.undo', origin, clock(), by));
          if (undone.kind === 'undone') return undone.control;
          throw new LogpatrolError('usage', `there is no control ${id}`);
        },
        feedback: async (draft) => {
          const store = await openStore(config, { logger });
          try {
            const answer = await giveFeedback(
              { store, book, clock },
              draft,
              feedbackRecords(config, origin, clock()),
            );
            if (answer.kind === 'refused') throw new LogpatrolError('usage', answer.message);
            return answer;
          } finally {
            await store.close();
          }
        },
      });
    },
    there: (process) => work(new RemoteDesk(process)),
  });
}

/** The controls of the running process that holds the data. */
class RemoteDesk implements ControlDesk {
  readonly #process: RunningProcess;

  constructor(process: RunningProcess) {
    this.#process = process;
  }

  async list(): Promise<Control[]> {
    const { controls } = await this.#process.ask(
      'GET',
      '/api/controls',
      z.object({ controls: z.array(Control) }),
    );
    return controls;
  }

  async add(draft: ControlDraft): Promise<Control> {
    return (await this.#process.ask('POST', '/api/controls', One, draft)).control;
  }

  async undo(id: string, by: string): Promise<Control> {
    const path = `/api/controls/${encodeURIComponent(id)}?by=${encodeURIComponent(by)}`;
    return (await this.#process.ask('DELETE', path, One)).control;
  }

  async feedback(draft: FeedbackDraft) {
    const { control, ...rest } = await this.#process.ask('POST', '/api/feedback', Silenced, draft);
    return { kind: 'silenced' as const, ...rest, ...(control && { control }) };
  }
}
