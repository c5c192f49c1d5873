import { z } from 'zod';
import { Baseline, Timestamp } from '#shared/model/index.ts';

/** One known-good log, or all the logs of one run of an application. */
export const Sample = z.object({
  name: z.string(),
  lines: z.number().int().nonnegative(),
  /** Event time of its first and last line, in milliseconds since the epoch. */
  from: z.number(),
  to: z.number(),
});
export type Sample = z.infer<typeof Sample>;

/** What is usual of one kind of line (or of a service's lines together), and in how many of its service's samples it occurs. */
export const KnownKind = z.object({
  entry: z.literal('kind'),
  baseline: Baseline,
  samples: z.number().int().positive(),
  /** The fewest and the most lines in one of the samples that have it. */
  least: z.number().int().nonnegative(),
  most: z.number().int().positive(),
});
export type KnownKind = z.infer<typeof KnownKind>;

/** What rules find in known-good logs. */
export const KnownHit = z.object({
  entry: z.literal('hit'),
  rule: z.string(),
  service: z.string(),
  fingerprint: z.string(),
  samples: z.number().int().positive(),
  /** The most lines of one incident in a sample. */
  most: z.number().int().positive(),
});
export type KnownHit = z.infer<typeof KnownHit>;

export const HistoryHead = z.object({
  entry: z.literal('logpatrol-history'),
  version: z.literal(1),
  createdAt: Timestamp,
  samples: z.array(Sample),
});

/** What was learned from known-good logs. */
export interface History {
  readonly createdAt: string;
  readonly samples: readonly Sample[];
  readonly kinds: readonly KnownKind[];
  readonly hits: readonly KnownHit[];
}

/** So many samples tell about as much as a long history: what none of them has is in the next one with a chance of one in seven. */
export const enoughSamples = 5;

const hourMs = 60 * 60_000;

/** How much is known of a service. */
export interface ServiceHistory {
  readonly service: string;
  readonly hours: number;
  readonly samples: number;
  readonly isEnough: boolean;
}

/** The services of a history, and whether each has enough of it to be judged by. */
export function servicesOf({ kinds }: Pick<History, 'kinds'>, historyHours: number): ServiceHistory[] {
  return kinds
    .filter(({ baseline }) => baseline.template === undefined)
    .map(({ baseline, samples }) => {
      const hours = (baseline.lastSeen - baseline.firstSeen) / hourMs;
      return {
        service: baseline.service,
        hours,
        samples,
        isEnough: hours >= historyHours || samples >= enoughSamples,
      };
    });
}
