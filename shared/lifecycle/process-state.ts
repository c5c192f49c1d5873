import type { DependencyHealth } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import { type ProcessHealth, watchEventLoop } from '#shared/telemetry/index.ts';
import type { Service } from './service.ts';

/** An event loop that stood still for so long has missed heartbeats; what it holds is suspect. */
const stuckMs = 15_000;

/** The services of this process and how they are. */
export class ProcessState implements ProcessHealth {
  readonly #services = new Set<Service>();
  readonly #ended = new Map<string, string>();
  readonly #loop = watchEventLoop(() => performance.now());
  #starting: DependencyHealth | undefined = { name: 'logpatrol', ok: false, detail: 'starting' };

  /** Says what the process waits for while it starts; `undefined`: everything is started. */
  starting(what: string | undefined): void {
    this.#starting = what === undefined ? undefined : { name: 'logpatrol', ok: false, detail: what };
  }

  /** Counts a started service in. The promise rejects when it ends, for whatever reason; nothing awaits a good end. */
  add(service: Service): Promise<never> {
    this.#services.add(service);
    return service.ended.then(
      () => {
        this.#ended.set(service.name, 'ended');
        throw new Error(`the service ${service.name} ended by itself`);
      },
      (error: unknown) => {
        this.#ended.set(service.name, messageOf(error));
        throw error;
      },
    );
  }

  ailments(): readonly string[] {
    const stuck = this.#loop.longestMs();
    const ended = [...this.#ended].map(([name, reason]) => `the service ${name} ended: ${reason}`);
    return stuck < stuckMs
      ? ended
      : [...ended, `the event loop stood still for ${Math.round(stuck / 1000)} s`];
  }

  async readiness(): Promise<readonly DependencyHealth[]> {
    const answers = await Promise.all([...this.#services].map((service) => readinessOf(service)));
    // Services share dependencies; one entry each, the worst.
    const byName = new Map<string, DependencyHealth>();
    for (const health of [...(this.#starting ? [this.#starting] : []), ...answers.flat()])
      if (byName.get(health.name)?.ok !== false) byName.set(health.name, health);
    return [...byName.values()];
  }

  close(): void {
    this.#loop.stop();
  }
}

async function readinessOf(service: Service): Promise<DependencyHealth[]> {
  try {
    return await service.readiness();
  } catch (error) {
    return [{ name: service.name, ok: false, detail: messageOf(error) }];
  }
}
