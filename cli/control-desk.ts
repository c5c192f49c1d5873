import { z } from 'zod';
import { FolderInUse } from '#shared/bus/embedded/lock.ts';
import type { Config } from '#shared/config/index.ts';
import { audited, ControlBook, type FeedbackAnswer, giveFeedback } from '#shared/controls/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openBus, openStore, topicTrouble } from '#shared/lifecycle/index.ts';
import { Control, type ControlDraft, ControlScope, type FeedbackDraft } from '#shared/model/index.ts';
import { toolLogger } from './setting.ts';

/** What the commands do with controls, wherever these are. */
export interface ControlDesk {
  list(): Promise<Control[]>;
  add(draft: ControlDraft): Promise<Control>;
  /** @throws LogpatrolError `usage` where there is none of this id */
  undo(id: string, by: string): Promise<Control>;
  /** @throws LogpatrolError `usage` where it is refused */
  feedback(draft: FeedbackDraft): Promise<Exclude<FeedbackAnswer, { kind: 'refused' }>>;
}

/**
 * Opens what holds the controls, and closes it after the work. On Kafka that is the topic itself. The embedded bus belongs to one
 * process: where that is another one, it is asked over HTTP, and where there is none, the bus is opened here.
 *
 * @throws LogpatrolError `unusable-environment` where the process that holds the data cannot be asked
 */
export async function withControlDesk<T>(
  config: Config,
  work: (desk: ControlDesk) => Promise<T>,
): Promise<T> {
  const logger = toolLogger(config);
  const clock = Date.now;
  const bus = await openBus(config, { logger, observer: {}, name: 'controls' }).catch((error: unknown) => {
    if (error instanceof FolderInUse) return error;
    throw error;
  });
  if (bus instanceof FolderInUse) return work(new RemoteDesk(config, bus));
  try {
    const { topic, topicSpecs } = await import('#shared/bus/topics.ts');
    const specs = topicSpecs(config).filter(({ name }) => name === topic.controls || name === topic.audit);
    if (config.kafka === undefined) await bus.setup(specs);
    const wrong = await bus.verify(specs);
    if (wrong.length > 0)
      throw new LogpatrolError(
        'unusable-environment',
        `${topicTrouble(wrong)}; run \`logpatrol setup\` first`,
      );
    const book = new ControlBook({ bus, logger, clock });
    return await work({
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
          const answer = await giveFeedback({ store, book, clock }, draft, origin);
          if (answer.kind === 'refused') throw new LogpatrolError('usage', answer.message);
          return answer;
        } finally {
          await store.close();
        }
      },
    });
  } finally {
    await bus.close();
  }
}

const Refusal = z.object({ error: z.string(), mistakes: z.array(z.string()).default([]) });
const Silenced = z.object({
  scope: ControlScope,
  control: Control.optional(),
  matches: z.object({ findings: z.number(), services: z.number(), days: z.number(), isAll: z.boolean() }),
  warnings: z.array(z.string()),
});
const One = z.object({ control: Control });
const patienceMs = 15_000;
const origin = { via: 'cli' } as const;

/** The running process that holds the data, asked over HTTP. */
class RemoteDesk implements ControlDesk {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #inUse: FolderInUse;

  /** @param inUse says who has the data */
  constructor({ http: { host, port, token } }: Config, inUse: FolderInUse) {
    // Who listens everywhere is asked here.
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    this.#url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#inUse = inUse;
  }

  async list(): Promise<Control[]> {
    const { controls } = await this.#ask('GET', '/api/controls', z.object({ controls: z.array(Control) }));
    return controls;
  }

  async add(draft: ControlDraft): Promise<Control> {
    return (await this.#ask('POST', '/api/controls', One, draft)).control;
  }

  async undo(id: string, by: string): Promise<Control> {
    const path = `/api/controls/${encodeURIComponent(id)}?by=${encodeURIComponent(by)}`;
    return (await this.#ask('DELETE', path, One)).control;
  }

  async feedback(draft: FeedbackDraft) {
    const { control, ...rest } = await this.#ask('POST', '/api/feedback', Silenced, draft);
    return { kind: 'silenced' as const, ...rest, ...(control && { control }) };
  }

  async #ask<T>(method: string, path: string, answer: z.ZodType<T>, body?: unknown): Promise<T> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#url + path, {
        method,
        headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      });
      text = await response.text();
    } catch (error) {
      throw this.#noneAnswers(error);
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      throw this.#noneAnswers(error);
    }
    if (response.ok) {
      const read = answer.safeParse(parsed);
      if (read.success) return read.data;
      throw this.#noneAnswers(read.error);
    }
    const { error, mistakes } = Refusal.catch({ error: `HTTP ${response.status}`, mistakes: [] }).parse(
      parsed,
    );
    throw new LogpatrolError(
      response.status >= 500 ? 'unreachable' : 'usage',
      [error, ...mistakes].join('; '),
    );
  }

  #noneAnswers(cause: unknown): LogpatrolError {
    return new LogpatrolError(
      'unusable-environment',
      `${this.#inUse.message.split(':')[0]}, and no logpatrol answers at ${this.#url}: name the http.port that it runs with (LOGPATROL_HTTP_PORT)`,
      { cause },
    );
  }
}
