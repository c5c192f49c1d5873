import type { BusRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { ScenarioLines } from './scenario.ts';
import { stackTrace } from './stack-trace.ts';

/**
 * The lines of a scenario as a shipper would have put them on the bus, by log type and in their order.
 *
 * @param at when they were read, in milliseconds since the epoch
 */
export function recordsOf(sources: readonly ScenarioLines[], at: number): Map<string, BusRecord[]> {
  const records = new Map<string, BusRecord[]>();
  const offsets = new Map<string, number>();
  for (const source of sources)
    for (const event of eventsOf(source, at)) {
      const { type } = source;
      const ofType = records.get(type) ?? [];
      records.set(type, ofType);
      const file = source.file === undefined ? undefined : `${source.host} ${source.file}`;
      const placed =
        file === undefined ? event : { ...event, log: logOf(event, source, offsets.get(file) ?? 0) };
      if (file !== undefined)
        offsets.set(file, (offsets.get(file) ?? 0) + Buffer.byteLength(String(event.message ?? '')) + 1);
      ofType.push({
        topic: topic.logs(type),
        partition: 0,
        offset: ofType.length,
        key: null,
        value: Buffer.from(JSON.stringify(placed)),
        headers: {},
        timestamp: at,
      });
    }
  return records;
}

function logOf({ log }: Record<string, unknown>, { file }: ScenarioLines, offset: number): object {
  return { ...(typeof log === 'object' && log !== null ? log : {}), file: { path: file }, offset };
}

function eventsOf(source: ScenarioLines, at: number): Record<string, unknown>[] {
  const common = {
    '@timestamp': new Date(at).toISOString(),
    host: { name: source.host },
    ...(source.service !== undefined && { service: { name: source.service } }),
  };
  if (source.ecs !== undefined) return source.ecs.map((event) => ({ ...common, ...event }));
  return messagesOf(source).map((message) => ({ ...common, message }));
}

function messagesOf({ lines, repeat, trace }: ScenarioLines): readonly string[] {
  if (trace !== undefined) return [stackTrace(trace)];
  if (repeat !== undefined) {
    const from = Date.parse(repeat.from);
    return Array.from({ length: repeat.count }, (_, index) =>
      repeat.line
        .replaceAll('{time}', new Date(from + index * repeat.everySeconds * 1000).toISOString())
        .replaceAll('{n}', String(index + 1)),
    );
  }
  return typeof lines === 'string' ? lines.split('\n').filter((line) => line !== '') : (lines ?? []);
}
