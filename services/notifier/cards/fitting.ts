import type { FeishuCard } from './feishu.ts';
import type { Scale } from './options.ts';

/** Each step keeps less: first of what unfolds, then of every long part; the last one leaves some 5 KB at the very worst. */
export const scales: readonly [Scale, ...Scale[]] = [
  { main: 1, full: 1 },
  { main: 1, full: 0.5 },
  { main: 1, full: 0.2 },
  { main: 0.7, full: 0.2 },
  { main: 0.5, full: 0.1 },
  { main: 0.35, full: 0.1 },
  { main: 0.25, full: 0.05 },
  { main: 0.15, full: 0 },
  { main: 0.08, full: 0 },
  { main: 0.03, full: 0 },
  { main: 0.01, full: 0 },
];

/** The largest that is small enough: the whole, as nearly always, else what halving the steps finds. */
export function smallEnough<View>(
  fill: (view: View) => FeishuCard,
  viewAt: (scale: Scale) => View,
  maxBytes: number,
): FeishuCard | undefined {
  const fits = (scale: Scale): FeishuCard | undefined => {
    const card = fill(viewAt(scale));
    return Buffer.byteLength(JSON.stringify(card)) <= maxBytes ? card : undefined;
  };
  const [whole, ...smaller] = scales;
  let best = fits(whole);
  if (best !== undefined) return best;
  let low = 0;
  let high = smaller.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const card = fits(smaller[middle] ?? whole);
    if (card === undefined) low = middle + 1;
    else {
      best = card;
      high = middle;
    }
  }
  return best;
}
