import type { Severity } from '#shared/model/index.ts';
import { maskedLine } from '../detect/counts.ts';
import { eventTime } from '../detect/event-time.ts';
import { excerpt } from '../detect/hits.ts';
import { saysError } from '../detect/level.ts';
import type { LogLine } from '../detect/log-line.ts';
import type { CountedFileLine } from '../rates/index.ts';

/** A line of a file as detection counts one from the bus. */
export function countedFileLine(
  line: LogLine,
  {
    type,
    readAt,
    previous,
    rule,
    id,
  }: {
    readonly type: string;
    readonly readAt: number;
    /** Event time of the line before it, where there is one. */
    readonly previous: number | undefined;
    readonly rule: { readonly id: string; readonly severity: Severity } | undefined;
    id(): string;
  },
): CountedFileLine {
  // A line without a time of its own belongs to the one before it.
  const time = line.time === undefined ? previous : eventTime(line.time, line.shipped, readAt);
  return {
    service: line.service,
    type,
    masked: maskedLine(line),
    time,
    severity: rule?.severity ?? (saysError(line.message) ? 'warning' : 'info'),
    rule: rule?.id,
    exemplar: () => ({
      id: id(),
      timestamp: new Date(time ?? readAt).toISOString(),
      host: line.host,
      ...(line.file !== undefined && { file: line.file }),
      ...(line.offset !== undefined && { offset: line.offset }),
      text: excerpt(line.text),
      before: [],
    }),
  };
}
