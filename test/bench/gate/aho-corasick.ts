/**
 * Aho and Corasick, "Efficient string matching" (1975), as a dense automaton: a row of next states for each state, a column for each
 * class of bytes that no literal tells apart.
 */
export function createAhoCorasick(
  literals: readonly Uint8Array[],
): (bytes: Uint8Array, from: number, to: number) => number[] {
  const fold = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
  const classes = new Uint8Array(256);
  const classOf = new Map<number, number>();
  for (const literal of literals)
    for (const byte of literal) if (!classOf.has(fold(byte))) classOf.set(fold(byte), classOf.size + 1);
  for (let byte = 0; byte < 256; byte += 1) classes[byte] = classOf.get(fold(byte)) ?? 0;
  const width = classOf.size + 1;
  const states = 1 + literals.reduce((sum, { length }) => sum + length, 0);

  const next = new Int32Array(states * width);
  const ends = new Uint8Array(states);
  let count = 1;
  for (const literal of literals) {
    let state = 0;
    for (const byte of literal) {
      const at = state * width + (classes[byte] ?? 0);
      if (next[at] === 0) {
        next[at] = count;
        count += 1;
      }
      state = next[at] ?? 0;
    }
    ends[state] = 1;
  }

  // Breadth first, each missing transition becomes that of the longest proper suffix.
  const suffix = new Int32Array(states);
  const queue: number[] = [];
  for (let column = 0; column < width; column += 1) if (next[column] !== 0) queue.push(next[column] ?? 0);
  for (const state of queue) {
    const shorter = suffix[state] ?? 0;
    if (ends[shorter] === 1) ends[state] = 1;
    for (let column = 0; column < width; column += 1) {
      const at = state * width + column;
      const fallback = next[shorter * width + column] ?? 0;
      const child = next[at] ?? 0;
      if (child === 0) next[at] = fallback;
      else {
        suffix[child] = fallback;
        queue.push(child);
      }
    }
  }
  // States become places of rows, and whether a literal ends there their sign.
  const rows = next.map((state) => (ends[state] === 1 ? -1 : 1) * state * width);

  return (bytes, from, to) => {
    const places: number[] = [];
    let row = 0;
    for (let at = from; at < to; at += 1) {
      row = rows[row + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
      if (row < 0) {
        places.push(at);
        row = -row;
      }
    }
    return places;
  };
}
