import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Position } from '#shared/model/index.ts';

/** Below what one record batch of the bus takes (`message.max.bytes`, 1 MB by default), envelopes included. */
const maxBytes = 512 * 1024;
const maxLines = 5000;

/** What is written in one go: lines, and how far their files are read with them. */
export interface Batch {
  readonly records: readonly OutRecord[];
  readonly lines: ReadonlyMap<string, number>;
  readonly positions: readonly Position[];
  /** Bytes of the files that it covers. */
  readonly covered: number;
}

export interface BatchBuilder extends Batch {
  /** True once it has refused a line, or would. */
  readonly isFull: boolean;
  /** False where it does not fit any more; a batch takes at least one line, however long. */
  addLine(record: OutRecord): boolean;
  /** `onWritten` is called once the batch is durable. */
  addPosition(position: Position, covered: number, onWritten: () => void): void;
  addTombstone(source: string, onWritten: () => void): void;
  written(): void;
}

export function createBatch(): BatchBuilder {
  const records: OutRecord[] = [];
  const positions: Position[] = [];
  const callbacks: (() => void)[] = [];
  const lines = new Map<string, number>();
  let count = 0;
  let bytes = 0;
  let covered = 0;
  let isRefusing = false;
  const sizeOf = (record: OutRecord): number =>
    (record.key?.length ?? 0) + (record.value === null ? 0 : Buffer.byteLength(record.value)) + 64;
  return {
    records,
    positions,
    lines,
    get covered() {
      return covered;
    },
    get isFull() {
      return isRefusing || bytes >= maxBytes || count >= maxLines;
    },
    addLine(record) {
      const size = sizeOf(record);
      isRefusing ||= count >= maxLines || (count > 0 && bytes + size > maxBytes);
      if (isRefusing) return false;
      records.push(record);
      lines.set(record.topic, (lines.get(record.topic) ?? 0) + 1);
      count += 1;
      bytes += size;
      return true;
    },
    addPosition(position, read, onWritten) {
      const record = { topic: topic.positions, key: position.source, value: JSON.stringify(position) };
      records.push(record);
      positions.push(position);
      bytes += sizeOf(record);
      covered += read;
      callbacks.push(onWritten);
    },
    addTombstone(source, onWritten) {
      const record = { topic: topic.positions, key: source, value: null };
      records.push(record);
      bytes += sizeOf(record);
      callbacks.push(onWritten);
    },
    written() {
      for (const callback of callbacks) callback();
    },
  };
}
