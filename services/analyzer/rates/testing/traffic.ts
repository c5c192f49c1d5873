import { ConfigSchema } from '#shared/config/index.ts';
import type { Clear, Counts, Hit } from '#shared/model/index.ts';
import { createRandom } from '#test/integrity/random.ts';
import { Rates } from '../rates.ts';

export const minuteMs = 60_000;
/** A Thursday, 00:00 UTC. */
export const start = Date.UTC(2026, 9, 1);

const ratesConfig = ConfigSchema.parse({}).rates;

export function createRates(rates: Partial<typeof ratesConfig> = {}): Rates {
  return new Rates({ rates: { ...ratesConfig, ...rates }, language: 'en', domain: 'default' });
}

/** Numbers between 0 and 1, the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
  return createRandom(seed).next;
}

/** How many events of a Poisson process there are where `rate` are expected. */
export function poisson(rate: number, random: () => number): number {
  if (rate > 50) {
    // Sums of Poisson numbers are Poisson.
    const half = Math.floor(rate / 2);
    return poisson(half, random) + poisson(rate - half, random);
  }
  const limit = Math.exp(-rate);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** A kind of line that no other is like, so that each has a template of its own: no word in common, and few of as many words. */
export function kindName(index: number): string {
  const letter = (n: number) => letters[n % 26] ?? '';
  return Array.from(
    { length: 3 + Math.floor(index / 40) },
    (_, word) => `${letter(index)}${letter(Math.floor(index / 26))}word${letter(word)}`,
  ).join(' ');
}

export interface Lines {
  readonly service?: string;
  readonly masked: string;
  readonly count: number;
  readonly severity?: 'info' | 'warning';
  readonly rule?: string;
}

/** The counts of one minute. */
export function countsAt(minute: number, lines: readonly Lines[], sampling = 1): Counts {
  const at = start + minute * minuteMs;
  return {
    kind: 'counts',
    id: `logs.app-0-${minute}-counts-default`,
    domain: 'default',
    type: 'app',
    arrivedAt: new Date(at + minuteMs).toISOString(),
    sampling,
    otherCount: 0,
    entries: lines
      .filter(({ count }) => count > 0)
      .map(({ service = 'shop', ...line }) => ({ service, minute: at, ...line })),
  };
}

/** Puts one minute after the other through, each followed by a tick, and gives what was said and in which minute. */
export function play(
  rates: Rates,
  from: number,
  to: number,
  lines: (minute: number) => readonly Lines[],
): { minute: number; said: Hit | Clear }[] {
  const all: { minute: number; said: Hit | Clear }[] = [];
  for (let minute = from; minute < to; minute++) {
    const now = start + (minute + 1) * minuteMs;
    for (const said of [...rates.fold(countsAt(minute, lines(minute)), now), ...rates.tick(now, true)])
      all.push({ minute, said });
  }
  return all;
}
