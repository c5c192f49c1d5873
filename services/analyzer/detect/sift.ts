import type { Gate } from './gate.ts';

/** Bytes between two values that are searched with them: what Kafka puts between records, keys and headers. */
const maxGap = 1024;

/**
 * For each value 1 where it contains a literal, else 0. The values of one fetch lie one behind another in the same memory, and are
 * searched together: a call for each would cost half as much again.
 */
export function sift(gate: Gate, records: readonly { readonly value: Buffer | null }[]): Uint8Array {
  const contains = new Uint8Array(records.length);
  let memory: ArrayBufferLike | undefined;
  let first = 0;
  let start = 0;
  let end = 0;

  const startOf = (index: number) => records[index]?.value?.byteOffset ?? 0;
  const lengthOf = (index: number) => records[index]?.value?.length ?? 0;

  function search(behind: number): void {
    if (memory === undefined) return;
    const places = gate.places(new Uint8Array(memory, start, end - start), 0, end - start);
    let index = first;
    for (const place of places) {
      const at = start + place;
      // A value without bytes may lie anywhere.
      while (index < behind && (lengthOf(index) === 0 || at >= startOf(index) + lengthOf(index))) index += 1;
      if (index === behind) break;
      // Else it lies between two values. One that lies across their border makes a value looked at for nothing.
      if (at >= startOf(index)) contains[index] = 1;
    }
  }

  for (const [index, { value }] of records.entries()) {
    if (value === null || value.length === 0) continue;
    const { buffer, byteOffset } = value;
    if (buffer !== memory || byteOffset < end || byteOffset - end > maxGap) {
      search(index);
      memory = buffer;
      first = index;
      start = byteOffset;
    }
    end = byteOffset + value.length;
  }
  search(records.length);
  return contains;
}
