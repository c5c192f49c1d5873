import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  type AppSettings,
  type ChatSettings,
  type ClickOptions,
  ClickResult,
  MessageState,
  type PersonSettings,
} from './app-platform/index.ts';
import { type Command, State } from './control.ts';
import type { Api, Fault } from './fault.ts';

const Addresses = z.object({ webhook: z.string(), baseUrl: z.string(), control: z.string() });

export interface FeishuProcessOptions {
  readonly secret?: string;
  readonly limits?: 'platform' | 'unlimited';
}

/** A stand-in Feishu in a process of its own, so that it outlives the services that a test kills. */
export class FeishuProcess {
  readonly webhook: string;
  /** Where apps call. */
  readonly baseUrl: string;
  readonly control: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, addresses: z.infer<typeof Addresses>) {
    this.#child = child;
    this.webhook = addresses.webhook;
    this.baseUrl = addresses.baseUrl;
    this.control = addresses.control;
  }

  static async start(options: FeishuProcessOptions = {}): Promise<FeishuProcess> {
    const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
      env: {
        ...process.env,
        FEISHU_LIVES_WITH_STDIN: '1',
        FEISHU_LIMITS: options.limits ?? 'platform',
        ...(options.secret === undefined ? {} : { FEISHU_SECRET: options.secret }),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout }))
      return new FeishuProcess(child, Addresses.parse(JSON.parse(line)));
    throw new Error(`the stand-in Feishu ended with ${child.exitCode} before it listened`);
  }

  async state(): Promise<State> {
    const response = await fetch(this.control);
    return State.parse(await response.json());
  }

  /** Misbehaves on every request (of one API, or of all) until `well`, or on the next `requests` of them. */
  async misbehave(fault: Fault, requests?: number, api?: Api): Promise<void> {
    const of = api === undefined ? {} : { api };
    await this.#tell(
      requests === undefined ? { do: 'always', fault, ...of } : { do: 'next', fault, requests, ...of },
    );
  }

  async app(settings: AppSettings): Promise<void> {
    await this.#tell({ do: 'app', settings: { ...settings, withheld: [...(settings.withheld ?? [])] } });
  }

  async person(settings: PersonSettings): Promise<void> {
    await this.#tell({ do: 'person', settings });
  }

  async chat({ id, apps, people }: ChatSettings): Promise<void> {
    await this.#tell({ do: 'chat', settings: { id, apps: [...apps], people: [...people] } });
  }

  /** Moves the platform's clock. */
  async advance(ms: number): Promise<void> {
    await this.#tell({ do: 'advance', ms });
  }

  async withdraw(messageId: string, gone: 'recalled' | 'deleted'): Promise<void> {
    await this.#tell({ do: 'withdraw', messageId, gone });
  }

  /** What stands in a chat, oldest first. */
  async messages(chat: string): Promise<MessageState[]> {
    const response = await fetch(`${this.control}messages?chat=${chat}`);
    return MessageState.array().parse(await response.json());
  }

  /** A person clicks on a card: see `AppPlatform.click`. */
  async click(
    messageId: string,
    what: string | Record<string, unknown>,
    openId: string,
    options: ClickOptions = {},
  ): Promise<ClickResult> {
    return ClickResult.parse(await this.#tell({ do: 'click', messageId, what, openId, options }));
  }

  async well(): Promise<void> {
    await this.#tell({ do: 'well' });
  }

  /** Closes the port. */
  async down(): Promise<void> {
    await this.#tell({ do: 'down' });
  }

  /** Opens the same port again. */
  async up(): Promise<void> {
    await this.#tell({ do: 'up' });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  async #tell(command: Command): Promise<unknown> {
    const response = await fetch(this.control, { method: 'POST', body: JSON.stringify(command) });
    if (!response.ok) throw new Error(`stand-in Feishu: ${await response.text()}`);
    return response.json();
  }
}
