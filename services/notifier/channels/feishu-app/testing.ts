import { ConfigSchema } from '#shared/config/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import { type AppSettings, FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import type { Channel, Outgoing, SendContext, SendOutcome } from '../channel.ts';
import { open } from './channel.ts';

export const chat = 'oc_0123456789abcdef';
export const zhang = 'ou_0123456789abcdef';
export const li = 'ou_fedcba9876543210';
export const minute = 60_000;

/** A group with an app's bot and two people in it, and the channel that writes there. */
export class Group {
  readonly feishu = new FeishuStandIn();
  readonly app: AppSettings;
  #keys = 0;

  constructor(app: Partial<AppSettings> = {}) {
    this.app = { appId: 'cli_a1b2c3d4e5f60718', appSecret: 'an app secret', ...app };
    this.feishu.platform.addApp(this.app).addChat({ id: chat, apps: [this.app.appId], people: [zhang, li] });
  }

  /** The channel, as a process of its own has it where `secret` is right. */
  channel(
    over: {
      readonly person?: string;
      readonly callbacks?: 'none' | 'long-connection';
      readonly appSecret?: string;
      readonly timeoutSeconds?: number;
      readonly chat?: string;
    } = {},
  ): Channel {
    const config = ConfigSchema.parse({
      http: { publicUrl: 'https://logpatrol.example', linkKey: 'a key for links, of the test' },
      feishuApps: {
        main: {
          appId: this.app.appId,
          appSecret: over.appSecret ?? this.app.appSecret,
          baseUrl: this.feishu.baseUrl,
          callbacks: over.callbacks ?? 'long-connection',
        },
      },
      people: { zhang: { name: '张三', feishu: zhang } },
      channels: {
        oncall: {
          type: 'feishu-app',
          ...(over.person === undefined ? { chat: over.chat ?? chat } : { person: over.person }),
          timeoutSeconds: over.timeoutSeconds ?? 10,
        },
      },
    });
    return open({ name: 'oncall', settings: config.channels.oncall, config, mask: createMask() });
  }

  /** Sends as deliver does, by the platform's clock; each with a key of its own unless one is given. */
  send(channel: Channel, outgoing: Outgoing, over: Partial<SendContext> = {}): Promise<SendOutcome> {
    return channel.send(outgoing, {
      now: this.feishu.platform.now(),
      signal: new AbortController().signal,
      language: 'zh-CN',
      idempotencyKey: `key-${this.#keys++}`,
      plain: false,
      ...over,
    });
  }

  /** What stands in the group. */
  get seen(): ReturnType<FeishuStandIn['platform']['messages']> {
    return this.feishu.platform.messages(chat);
  }

  /** How often each API was called. */
  get calls(): Record<string, number> {
    const calls: Record<string, number> = {};
    for (const { api } of this.feishu.requests) calls[api] = (calls[api] ?? 0) + 1;
    return calls;
  }
}
