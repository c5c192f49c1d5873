import type { Logger } from 'pino';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { personByFeishu, underWay, type Wording } from '#shared/interaction/index.ts';
import type { ActionClerk, ClerkAnswer } from '../actions/clerk.ts';
import { type ReadEvent, readEvent } from './event.ts';

/** The platform waits 3 seconds for an answer; some of it goes by on the way. */
const answerWithinMs = 2_200;

/** What a click is answered with: a short message to who clicked. The card itself changes by the way of all cards. */
export interface Toast {
  readonly toast: {
    readonly type: 'success' | 'info' | 'warning' | 'error';
    readonly content: string;
    readonly i18n: { readonly zh_cn: string; readonly en_us: string };
  };
}

export interface ClickDeskOptions {
  readonly config: Pick<Config, 'people' | 'interaction' | 'channels' | 'language'>;
  readonly clerk: ActionClerk;
  readonly logger: Logger;
}

const failed: Wording = {
  'zh-CN': '现在无法执行，请稍后再试',
  en: 'Not possible at the moment; try again in a while',
};
const strange: Wording = { 'zh-CN': '无法识别的按钮', en: 'This button is not known' };

/** Answers clicks, however they come. */
export class ClickDesk {
  readonly #options: ClickDeskOptions;

  constructor(options: ClickDeskOptions) {
    this.#options = options;
  }

  /** Always answers in time. @param app the name of the app in the configuration */
  async answer(app: string, read: ReadEvent, address?: string): Promise<Toast | Record<string, never>> {
    const { config, clerk, logger } = this.#options;
    if (read.kind === 'other') {
      logger.info({ app }, `feishu: an event that is not for logpatrol: ${read.detail}`);
      return read.what === 'button' ? this.#toast('warning', strange) : {};
    }
    const { click } = read;
    const { actor, role } = personByFeishu(config, click.openId);
    const channel = this.#channelOf(app, click.chatId, click.openId);
    const answer = await clerk.act(
      {
        ...{ incidentId: click.incidentId, action: click.action, by: actor, role, via: 'card' },
        // An id is the platform's, and of one app.
        eventId: `${app}:${click.eventId}`,
        ...(click.action === 'hand-over' && click.option !== undefined && { to: click.option }),
        ...(channel !== undefined && { channel }),
        ...(address !== undefined && { address }),
      },
      answerWithinMs,
    );
    return this.#toastOf(answer);
  }

  /** The same, of what came over a long connection. */
  answerRaw(app: string, body: unknown): Promise<Toast | Record<string, never>> {
    return this.answer(app, readEvent(body));
  }

  #toastOf(answer: ClerkAnswer): Toast {
    switch (answer.kind) {
      case 'done':
        return this.#toast('success', answer.sentence);
      case 'refused':
        return this.#toast(answer.why === 'already' ? 'info' : 'warning', answer.sentence);
      case 'under-way':
        return this.#toast('info', underWay);
      case 'failed':
      case 'busy':
        return this.#toast('error', failed);
    }
  }

  #toast(type: Toast['toast']['type'], words: Wording): Toast {
    const i18n = { zh_cn: words['zh-CN'], en_us: words.en };
    return { toast: { type, content: words[this.#options.config.language], i18n } };
  }

  /** The channel whose card it was, as far as the chat tells. */
  #channelOf(app: string, chatId: string | undefined, openId: string): string | undefined {
    for (const [name, settings] of Object.entries(this.#options.config.channels)) {
      const to = AppChannel.safeParse(settings).data;
      if (to?.app === app && (to.chat === undefined ? to.person === openId : to.chat === chatId)) return name;
    }
    return undefined;
  }
}

const AppChannel = z.object({
  type: z.literal('feishu-app'),
  app: z.string(),
  chat: z.string().optional(),
  person: z.string().optional(),
});
