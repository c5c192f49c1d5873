import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { SelPosition } from '#shared/model/index.ts';
import type { Inspection } from '../inspect.ts';
import { type Limits, toMetrics } from '../sensors/index.ts';

/** Where a server's SEL has been read to, as it is named on `positions`. */
export function sourceOf(server: string): SelPosition['source'] {
  return `ipmi:${server}`;
}

/** The server that a record of `positions` is of, where it is one of a SEL. */
export function serverOf(source: string): string | undefined {
  return source.startsWith('ipmi:') ? source.slice('ipmi:'.length) : undefined;
}

/** What a poll has found, as records: events, readings, the status of the server, and where its SEL has been read to. */
export function recordsOf(inspection: Inspection, failures: number, limits: Limits): OutRecord[] {
  const { bmc, at, tookMs, result, events, position, local } = inspection;
  // Of what could not even be tried nothing is known.
  if (result.outcome === 'unable') return [];
  const key = bmc.hostName;
  const metrics = toMetrics({ bmc, at, tookMs, failures, result, limits, local });
  return [
    ...events.map((event) => ({ topic: topic.logs('ipmi'), key, value: JSON.stringify(event) })),
    ...metrics.map((metric) => ({ topic: topic.metrics('ipmi'), key, value: JSON.stringify(metric) })),
    ...(position === undefined
      ? []
      : [{ topic: topic.positions, key: position.source, value: JSON.stringify(position) }]),
  ];
}
