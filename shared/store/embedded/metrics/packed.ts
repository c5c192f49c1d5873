/** Some readings of one sensor under one description: how many, the least, their mean, the greatest, the last; no values for states. */
export type Summary = readonly [
  count: number,
  min: number | null,
  mean: number | null,
  max: number | null,
  last: number | null,
];

/** What a row of readings holds, by the id of their description. */
export type Packed = Map<number, Summary>;

/** Digits that a mean is worth; it comes from readings of no more than a few. */
const meanDigits = 6;

/** Reads a row of any level. */
export function unpack(json: string): Packed {
  const packed: Packed = new Map();
  const row: unknown = JSON.parse(json);
  if (typeof row !== 'object' || row === null) return packed;
  for (const [description, content] of Object.entries(row))
    packed.set(Number(description), summaryOf(content));
  return packed;
}

function summaryOf(content: unknown): Summary {
  if (!Array.isArray(content)) return single(numberOr(content));
  const [count, min, mean, max, last] = content;
  // One that did not change is written short.
  if (content.length < 5) return [numberOr(count) ?? 1, ...same(numberOr(min))];
  return [numberOr(count) ?? 1, numberOr(min), numberOr(mean), numberOr(max), numberOr(last)];
}

/** One reading. */
export function single(value: number | null): Summary {
  return [1, ...same(value)];
}

function same(value: number | null): [number | null, number | null, number | null, number | null] {
  return [value, value, value, value];
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Both together, `later` being later. */
export function joined(earlier: Summary, later: Summary): Summary {
  const count = earlier[0] + later[0];
  if (earlier[2] === null || later[2] === null) {
    const [, min, mean, max, last] = earlier[2] === null ? later : earlier;
    return [count, min, mean, max, later[4] ?? last];
  }
  const mean = (earlier[0] * earlier[2] + later[0] * later[2]) / count;
  return [
    count,
    Math.min(earlier[1] ?? mean, later[1] ?? mean),
    mean,
    Math.max(earlier[3] ?? mean, later[3] ?? mean),
    later[4],
  ];
}

/** Readings of one moment, as the row has them. */
export function packMoment(values: ReadonlyMap<number, number | null>): string {
  return JSON.stringify(Object.fromEntries(values));
}

/** Summaries as the row has them. */
export function pack(packed: Packed): string {
  const row: Record<number, readonly (number | null)[]> = {};
  for (const [description, [count, min, mean, max, last]] of packed)
    row[description] =
      min === max ? [count, min] : [count, min, mean === null ? null : rounded(mean), max, last];
  return JSON.stringify(row);
}

function rounded(mean: number): number {
  return Number(mean.toPrecision(meanDigits));
}
