const maxWindow = 8;
const caseBit = 0x20;

/** Bytes of log lines, most frequent first; what is not here is rare. Only speed hangs on it. */
const frequent = Buffer.from(' e0ta1oin2sr-:hl.d3c4u5m6f7p8g9w/y"b=_k,v[](){}\\xjqz', 'latin1');
const commonness = new Uint8Array(256);
for (const [rank, byte] of frequent.entries()) commonness[byte] = frequent.length - rank;

/** ASCII letters in lower case, every other byte as it is. */
const fold = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | caseBit : byte,
);

/**
 * Finds hundreds of literals at once in raw bytes, in any ASCII case: Wu and Manber, "A Fast Algorithm for Multi-Pattern
 * Searching" (1994), with blocks of two bytes. Each literal is represented by its rarest window of `m` bytes, where `m` is the
 * length of the shortest literal, so that most positions of ordinary text are stepped over unread.
 */
export function createWuManber(
  merged: readonly Uint8Array[],
): (bytes: Uint8Array, from: number, to: number) => number[] {
  const window = Math.min(maxWindow, ...merged.map((literal) => literal.length));

  const shifts = new Uint8Array(0x1_0000).fill(window - 1);
  /** 1 + the number of the first literal whose window ends in this pair; `nexts` chains the others. */
  const heads = new Uint16Array(0x1_0000);
  const nexts = new Uint16Array(merged.length + 1);
  const literals: Uint8Array[] = [];
  /** From the window's last byte back to the literal's first. */
  const leads = new Uint16Array(merged.length);

  for (const [number, literal] of merged.entries()) {
    const start = rarestWindow(literal, window);
    literals.push(literal);
    leads[number] = start + window - 1;
    for (let index = 1; index < window; index += 1)
      for (const pair of casings(literal[start + index - 1] ?? 0, literal[start + index] ?? 0))
        shifts[pair] = Math.min(shifts[pair] ?? 0, window - 1 - index);
    for (const pair of casings(literal[start + window - 2] ?? 0, literal[start + window - 1] ?? 0)) {
      if (heads[pair] === 0) heads[pair] = number + 1;
      else if (!chained(heads[pair] ?? 0, number + 1)) append(heads[pair] ?? 0, number + 1);
    }
  }

  function chained(head: number, number: number): boolean {
    for (let at = head; at !== 0; at = nexts[at] ?? 0) if (at === number) return true;
    return false;
  }

  // Literals whose windows end alike share one chain for all casings of the pair, so appending once is enough.
  function append(head: number, number: number): void {
    let at = head;
    while (nexts[at] !== 0) at = nexts[at] ?? 0;
    nexts[at] = number;
  }

  function isAt(literal: Uint8Array, bytes: Uint8Array, start: number): boolean {
    for (let index = 0; index < literal.length; index += 1)
      if (fold[bytes[start + index] ?? 0] !== literal[index]) return false;
    return true;
  }

  return (bytes, from, to) => {
    const places: number[] = [];
    let position = from + window - 1;
    while (position < to) {
      const pair = ((bytes[position - 1] ?? 0) << 8) | (bytes[position] ?? 0);
      const shift = shifts[pair] ?? 1;
      if (shift !== 0) {
        position += shift;
        continue;
      }
      for (let chain = heads[pair] ?? 0; chain !== 0; chain = nexts[chain] ?? 0) {
        const start = position - (leads[chain - 1] ?? 0);
        const literal = literals[chain - 1];
        if (literal === undefined || start < from || start + literal.length > to) continue;
        if (isAt(literal, bytes, start)) places.push(position);
      }
      position += 1;
    }
    return places;
  };
}

/** Where the window starts whose bytes are rarest; the last pair decides how often the text is looked at closely. */
function rarestWindow(literal: Uint8Array, window: number): number {
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let start = 0; start + window <= literal.length; start += 1) {
    let weight = 0;
    for (let index = 0; index < window; index += 1) {
      const common = commonness[literal[start + index] ?? 0] ?? 0;
      weight += index >= window - 2 ? 4 * common : common;
    }
    if (weight < lowest) {
      lowest = weight;
      best = start;
    }
  }
  return best;
}

/** The pair of folded bytes in all its ASCII casings, as table indexes. */
function casings(first: number, second: number): number[] {
  const pairs: number[] = [];
  for (const a of casesOf(first)) for (const b of casesOf(second)) pairs.push((a << 8) | b);
  return pairs;
}

function casesOf(byte: number): number[] {
  return byte >= 0x61 && byte <= 0x7a ? [byte, byte & ~caseBit] : [byte];
}
