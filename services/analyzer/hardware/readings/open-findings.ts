import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { type Clear, Exemplar, type Hit, Severity } from '#shared/model/index.ts';
import { components } from '../component.ts';
import { hardwareClear, hardwareHit } from '../hit.ts';

/** What a finding is made of, as it is kept while it is open. Moments are milliseconds since the epoch. */
export const Finding = z.object({
  rule: z.string(),
  host: z.string(),
  sensor: z.string().optional(),
  sensorNumber: z.number().int().optional(),
  service: z.enum(['hardware', 'system']),
  type: z.string(),
  component: z.enum(components),
  title: z.string(),
  severity: Severity,
  runbook: z.string(),
  firstSeen: z.number().int(),
  lastSeen: z.number().int(),
  detail: z.string(),
  numbers: z.record(z.string(), z.number()).optional(),
  exemplars: z.array(Exemplar),
});
export type Finding = z.infer<typeof Finding>;

export const OpenFinding = z.object({
  finding: Finding,
  toldAt: z.number().int(),
  /** Sightings since it was told. */
  unsaid: z.number().int(),
});
export type OpenFinding = z.infer<typeof OpenFinding>;

/**
 * The findings that are open on one machine. One is told when it opens and when its severity changes, and again from time to time while
 * it lasts, because correlation ends what it hears nothing of. Also while the BMC does not answer: what cannot be seen has not healed.
 */
export class OpenFindings {
  readonly #config: Pick<Config, 'domains'>;
  readonly #open = new Map<string, OpenFinding>();

  constructor(config: Pick<Config, 'domains'>) {
    this.#config = config;
  }

  get size(): number {
    return this.#open.size;
  }

  get(key: string): Finding | undefined {
    return this.#open.get(key)?.finding;
  }

  /** A further sight of it. @param arrivedAt when what says so came over the bus */
  see(key: string, finding: Finding, arrivedAt: number): Hit[] {
    const known = this.#open.get(key);
    const seen = known === undefined ? finding : { ...finding, firstSeen: known.finding.firstSeen };
    const open = { finding: seen, toldAt: known?.toldAt ?? arrivedAt, unsaid: (known?.unsaid ?? 0) + 1 };
    this.#open.set(key, open);
    return known === undefined || known.finding.severity !== finding.severity
      ? [this.#tell(key, open, arrivedAt)]
      : [];
  }

  /** The end of it, where it is open. */
  clear(
    key: string,
    said: { readonly at: number; readonly arrivedAt: number; readonly exemplar: Exemplar },
  ): Clear[] {
    const open = this.#open.get(key);
    if (open === undefined) return [];
    this.#open.delete(key);
    return [hardwareClear(open.finding, said, this.#config)];
  }

  /** What has not been told for so long. */
  due(now: number, everyMs: number): Hit[] {
    return [...this.#open].flatMap(([key, open]) =>
      now - open.toldAt < everyMs ? [] : [this.#tell(key, open, now)],
    );
  }

  #tell(key: string, { finding, unsaid }: OpenFinding, arrivedAt: number): Hit {
    this.#open.set(key, { finding, toldAt: arrivedAt, unsaid: 0 });
    return hardwareHit({ ...finding, arrivedAt, count: Math.max(1, unsaid) }, this.#config);
  }

  snapshot(): Record<string, OpenFinding> {
    return Object.fromEntries(this.#open);
  }

  restore(open: Readonly<Record<string, OpenFinding>>): void {
    for (const [key, each] of Object.entries(open)) this.#open.set(key, each);
  }
}
