import type { MetricSource, ServerStatus } from '#shared/model/index.ts';

/**
 * One status a machine, by name: what its BMC says, with the use of processor and memory that its own operating system says where that
 * is known; else what the operating system says alone.
 *
 * @param statuses the newest of each server and source
 * @param source only what this one says
 */
export function statusesOfMachines(statuses: readonly ServerStatus[], source?: MetricSource): ServerStatus[] {
  const own = new Map(
    statuses.filter(({ source }) => source === 'system').map((status) => [status.host, status]),
  );
  const machines = statuses
    .filter(({ source }) => source === 'ipmi')
    .map((status) => {
      const inside = own.get(status.host);
      if (inside === undefined) return status;
      const { cpuPercent = inside.cpuPercent, memoryPercent = inside.memoryPercent } = status;
      return {
        ...status,
        ...(cpuPercent !== undefined && { cpuPercent }),
        ...(memoryPercent !== undefined && { memoryPercent }),
      };
    });
  const covered = new Set(machines.map(({ host }) => host));
  const others = [...own.values()].filter(({ host }) => source === 'system' || !covered.has(host));
  const wanted = { ipmi: machines, system: others };
  return (source === undefined ? [...machines, ...others] : wanted[source]).sort((a, b) =>
    a.server < b.server ? -1 : a.server > b.server ? 1 : 0,
  );
}
