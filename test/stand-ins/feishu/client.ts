import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Command, State } from './control.ts';
import type { Fault } from './fault.ts';

const Addresses = z.object({ webhook: z.string(), control: z.string() });

export interface FeishuProcessOptions {
  readonly secret?: string;
  readonly limits?: 'platform' | 'unlimited';
}

/** A stand-in Feishu in a process of its own, so that it outlives the services that a test kills. */
export class FeishuProcess {
  readonly webhook: string;
  readonly control: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, addresses: z.infer<typeof Addresses>) {
    this.#child = child;
    this.webhook = addresses.webhook;
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

  /** Misbehaves on every request until `well`, or on the next `requests` of them. */
  misbehave(fault: Fault, requests?: number): Promise<void> {
    return this.#tell(requests === undefined ? { do: 'always', fault } : { do: 'next', fault, requests });
  }

  well(): Promise<void> {
    return this.#tell({ do: 'well' });
  }

  /** Closes the port. */
  down(): Promise<void> {
    return this.#tell({ do: 'down' });
  }

  /** Opens the same port again. */
  up(): Promise<void> {
    return this.#tell({ do: 'up' });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  async #tell(command: Command): Promise<void> {
    const response = await fetch(this.control, { method: 'POST', body: JSON.stringify(command) });
    if (!response.ok) throw new Error(`stand-in Feishu: ${await response.text()}`);
  }
}
