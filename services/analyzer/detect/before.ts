import type { BusRecord } from '#shared/bus/port.ts';
import { contextExcerpt } from './hits.ts';
import { type LogLine, parseEvent } from './log-line.ts';

/** Lines shown before a hit. */
export const maxLinesBefore = 5;
/** Records looked at for them: the files of a partition are mixed, and decoding costs. */
const maxLookBack = 32;

/**
 * The lines that stood before a record of the batch, from the same host and file, oldest first: what reading the log by eye
 * would have shown.
 */
export function linesBefore(records: readonly BusRecord[]): (index: number, line: LogLine) => string[] {
  return (index, line) => {
    const { file, host } = line;
    if (file === undefined) return [];
    const lines: string[] = [];
    // A cheap look at the bytes spares most of what comes from other files; a name that is escaped there is passed over.
    const name = Buffer.from(file.slice(file.lastIndexOf('/') + 1));
    for (
      let at = index - 1;
      at >= Math.max(0, index - maxLookBack) && lines.length < maxLinesBefore;
      at -= 1
    ) {
      const value = records[at]?.value;
      if (value === null || value === undefined || !value.includes(name)) continue;
      const event = parseEvent(value);
      if (event?.message === undefined) continue;
      if (event.log?.file?.path !== file || event.host?.name !== host) continue;
      lines.unshift(contextExcerpt(event.message));
    }
    return lines;
  };
}
