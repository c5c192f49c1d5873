import type { BusRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { ScannedLog } from '#shared/store/port.ts';

/** Gives stored lines to detection again: as records of their topics, as they came. */
export class StoredRecords {
  readonly #offsets = new Map<string, number>();

  /** The lines of each type, in their order; offsets go on from call to call. */
  byType(lines: readonly ScannedLog[]): Map<string, BusRecord[]> {
    const types = new Map<string, BusRecord[]>();
    for (const { type, json, timestamp } of lines) {
      const offset = this.#offsets.get(type) ?? 0;
      this.#offsets.set(type, offset + 1);
      let records = types.get(type);
      if (records === undefined) {
        records = [];
        types.set(type, records);
      }
      records.push({
        topic: topic.logs(type),
        partition: 0,
        offset,
        key: null,
        value: Buffer.from(json),
        headers: {},
        timestamp: Date.parse(timestamp),
      });
    }
    return types;
  }
}
