import type { AroundLine } from './around.ts';
import { condense } from './condense.ts';
import type { TokenEstimate } from './tokens.ts';
import { fence } from './untrusted.ts';

/** What a label takes in the answer's schema, in tokens. */
export const labelTokens = 6;

/** As many of the items as fit, a line each, the first first. */
export function fencedList(
  name: string,
  items: readonly string[],
  budget: number,
  tokens: TokenEstimate,
  leftOut: (count: number) => string,
): string {
  let room = budget - tokens.estimate(fence(name, leftOut(items.length))) - 2;
  const told: string[] = [];
  for (const item of items) {
    const cost = tokens.estimate(item) + 1;
    // One that is too long leaves its place to those after it.
    if (cost > room) continue;
    room -= cost;
    told.push(item);
  }
  if (told.length === 0) return '';
  const missing = items.length - told.length;
  return fence(name, [...told, ...(missing > 0 ? [leftOut(missing)] : [])].join('\n'));
}

/** Blocks one after another, each with what is left of the room divided among those to come. */
export function fencedBlocks<T>(
  items: readonly T[],
  budget: number,
  within: (item: T, index: number, room: number) => string,
  tokens: TokenEstimate,
): string {
  let room = budget;
  const told: string[] = [];
  for (const [index, item] of items.entries()) {
    // The first is the most telling: it gets more than its part.
    const part =
      index === 0 && items.length > 1
        ? Math.max(room / items.length, room * 0.5)
        : room / (items.length - index);
    const text = within(item, index, part);
    if (text === '') break;
    room -= tokens.estimate(text) + 1;
    told.push(text);
  }
  return told.join('\n');
}

/** A fenced text that fits, or nothing where not even a little of it does. */
export function fitted(
  head: string,
  text: string,
  room: number,
  tokens: TokenEstimate,
  leftOut: (count: number) => string,
): string {
  const inside = room - tokens.estimate(fence(head, '')) - labelTokens - 1;
  if (inside < 20) return '';
  return fence(head, condense(text, inside, tokens, leftOut));
}

/** Which of the lines around fit: errors before others, and what is near to the first line of the incident before what is far. */
export function nearest(
  around: readonly AroundLine[],
  texts: readonly string[],
  from: number,
  budget: number,
  tokens: TokenEstimate,
  leftOut: (count: number) => string,
): Set<number> {
  const gap = tokens.estimate(leftOut(around.length)) + 1;
  let room = budget - tokens.estimate(fence('AROUND', '')) - gap;
  const distance = ({ timestamp }: AroundLine) =>
    timestamp === undefined ? 0 : Math.abs(Date.parse(timestamp) - from);
  const order = around
    .map((one, index) => ({ index, isError: one.isError, far: distance(one) }))
    .sort((a, b) => Number(b.isError) - Number(a.isError) || a.far - b.far || b.index - a.index);
  const kept = new Set<number>();
  for (const { index } of order) {
    // Each may stand behind a gap.
    const cost = tokens.estimate(`[L999] ${texts[index] ?? ''}`) + labelTokens + 1 + gap;
    if (cost > room) continue;
    room -= cost;
    kept.add(index);
  }
  return kept;
}
