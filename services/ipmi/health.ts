import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Inspection } from './inspect.ts';
import type { Problem } from './servers/index.ts';

/** How the BMCs are, as far as this process has asked them; for `/readyz`. */
export class BmcHealth {
  /** Those that did not answer as they should, and how: by server. */
  readonly #troubled = new Map<string, string>();
  /** Why BMCs cannot even be asked, such as a missing program. */
  #unable: string | undefined;
  /** Undefined while another process polls. */
  #listed: number | undefined;

  listed(servers: ReadonlySet<string>): void {
    this.#listed = servers.size;
    for (const server of this.#troubled.keys()) if (!servers.has(server)) this.#troubled.delete(server);
  }

  ended({ bmc, result }: Inspection): void {
    this.#unable = result.outcome === 'unable' ? result.reason : undefined;
    if (result.outcome === 'ok') this.#troubled.delete(bmc.name);
    else if (result.outcome !== 'unable') this.#troubled.set(bmc.name, result.outcome);
  }

  /** BMCs that do not answer are told as findings, and do not make the service unready: it does its job. */
  health(problems: readonly Problem[]): DependencyHealth {
    const name = 'bmcs';
    if (this.#unable !== undefined) return { name, ok: false, detail: this.#unable };
    const counts = Object.entries(Object.groupBy(this.#troubled.values(), (outcome) => outcome));
    const detail = [
      this.#listed === undefined
        ? 'none polled by this process: another one does, or it has just started'
        : `${this.#listed} on the list`,
      ...counts.map(([outcome, servers]) => `${servers?.length ?? 0} ${outcome}`),
    ].join(', ');
    const [first] = problems;
    if (first === undefined) return { name, ok: true, detail };
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    return { name, ok: true, detail: `${detail}; ${first.where}: ${first.message}${more}` };
  }
}
