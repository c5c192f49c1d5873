/** Bytes of log lines, most frequent first; what is not here is rare. Only speed hangs on it. */
const frequent = Buffer.from(' e0ta1oin2sr-:hl.d3c4u5m6f7p8g9w/y"b=_k,v[](){}\\xjqz', 'latin1');
const commonness = new Uint8Array(256);
for (const [rank, byte] of frequent.entries()) commonness[byte] = frequent.length - rank;

/**
 * Where the `count` neighbouring grams of `gramBytes` bytes start that represent a literal: those of which the commonest is rarest,
 * so that the text is seldom looked at closely.
 */
export function rarestStart(literal: Uint8Array, gramBytes: number, count: number): number {
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let start = 0; start + gramBytes + count - 1 <= literal.length; start += 1) {
    let weight = 0;
    for (let gram = start; gram < start + count; gram += 1)
      weight = Math.max(weight, gramCommonness(literal, gram, gramBytes));
    if (weight < lowest) {
      lowest = weight;
      best = start;
    }
  }
  return best;
}

function gramCommonness(literal: Uint8Array, start: number, length: number): number {
  let sum = 0;
  for (let index = start; index < start + length; index += 1) sum += commonness[literal[index] ?? 0] ?? 0;
  return sum;
}
