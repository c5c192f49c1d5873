import { hostname } from 'node:os';
import type { Runtime, Service } from '#shared/lifecycle/service.ts';
import type { TailEntry } from './discover.ts';
import { tailMetrics } from './metrics.ts';
import { startTail } from './tail.ts';

/**
 * Starts the tail service: follows `files`, or those of the configuration, and publishes their lines to `logs.<type>`.
 * It starts though the bus is away, and waits for it.
 */
export async function start(
  runtime: Runtime,
  options: { readonly files?: readonly TailEntry[] } = {},
): Promise<Service> {
  const { bus, clock, config } = runtime;
  const logger = runtime.logger.child({ service: { name: 'tail' } });
  const tail = startTail({
    bus,
    clock,
    logger,
    host: hostname(),
    entries: options.files ?? config.tail.files,
    maxLineBytes: config.tail.maxLineBytes,
    metrics: tailMetrics(runtime.metrics),
  });
  return {
    name: 'tail',
    ended: tail.ended,
    async readiness() {
      const trouble = tail.trouble();
      const problems = [...tail.problems().values()];
      return [
        await bus.health(),
        {
          name: 'tail',
          ok: trouble === undefined,
          detail: trouble ?? (problems.length === 0 ? 'following' : problems.join(' ')),
        },
      ];
    },
    stop: () => tail.stop(),
  };
}
