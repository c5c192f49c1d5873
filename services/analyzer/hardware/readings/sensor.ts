import { z } from 'zod';
import { type MetricSource, type Reading, SensorKind } from '#shared/model/index.ts';
import { History, HistoryRecord } from './history.ts';
import { type Policy, policyOf } from './rules.ts';
import { noStreak, Streak } from './streak.ts';

/** Kinds of which a history is kept: what is judged by it, and file systems. */
const kindsWithHistory: ReadonlySet<SensorKind> = new Set([
  'temperature',
  'fan',
  'voltage',
  'current',
  'power',
  'percent',
]);
/** Readings that make sure that a sensor works are counted so far. */
const mostGood = 1000;

/** A sensor as it is in a state record. Moments are milliseconds since the epoch. */
export const SensorRecord = z.object({
  name: z.string(),
  kind: SensorKind,
  entity: z.string().optional(),
  unit: z.string().optional(),
  seenAt: z.number().int(),
  streak: Streak.optional(),
  /** Readings that gave something, and polls in a row that gave nothing. */
  good: z.number().int(),
  silent: z.number().int(),
  silentSince: z.number().int(),
  history: HistoryRecord.optional(),
  /** The hour before which a learned limit's reference ends, while such a finding is open; quarters for which a forecast has not held. */
  learnedSince: z.number().int().optional(),
  unheld: z.number().int().optional(),
});
export type SensorRecord = z.infer<typeof SensorRecord>;

/** One sensor of a machine, and what is known of it. */
export class Sensor {
  readonly name: string;
  readonly kind: SensorKind;
  readonly entity: string | undefined;
  readonly policy: Policy;
  readonly history: History | undefined;
  unit: string | undefined;
  seenAt: number;
  streak = noStreak;
  good = 0;
  silent = 0;
  silentSince = 0;
  learnedSince: number | undefined;
  unheld = 0;

  constructor(
    { name, kind, entity, unit, seenAt }: Pick<SensorRecord, 'name' | 'kind' | 'seenAt' | 'entity' | 'unit'>,
    { source, polls }: { source: MetricSource; polls: number },
    history?: HistoryRecord,
  ) {
    this.name = name;
    this.kind = kind;
    this.entity = entity;
    this.unit = unit;
    this.seenAt = seenAt;
    this.policy = policyOf(source, { sensor: name, sensorKind: kind, entity }, polls);
    // How busy processors and disks are says nothing of the next hour: of the machine's own only file systems have a trend.
    const isKept =
      kindsWithHistory.has(kind) && (kind !== 'percent' || this.policy.rule.id === 'system.disk');
    this.history = isKept ? (history === undefined ? new History() : History.restore(history)) : undefined;
  }

  /** Takes note of whether it gave anything. */
  hear({ value, states, status, unit, timestamp }: Reading): void {
    const at = Date.parse(timestamp);
    this.seenAt = at;
    this.unit = unit;
    const gives =
      status !== 'unknown' && status !== 'absent' && (value !== undefined || states !== undefined);
    if (gives) {
      this.good = Math.min(mostGood, this.good + 1);
      this.silent = 0;
    } else this.miss(at);
  }

  /** A poll that had nothing of it. */
  miss(at: number): void {
    if (this.silent === 0) this.silentSince = at;
    this.silent += 1;
  }

  record(): SensorRecord {
    const { name, kind, entity, unit, seenAt, streak, good, silent, silentSince, learnedSince, unheld } =
      this;
    return {
      ...{ name, kind, seenAt, good, silent, silentSince },
      ...(entity !== undefined && { entity }),
      ...(unit !== undefined && { unit }),
      ...((streak.bad > 0 || streak.ok > 0) && { streak }),
      ...(this.history && { history: this.history.snapshot() }),
      ...(learnedSince !== undefined && { learnedSince }),
      ...(unheld > 0 && { unheld }),
    };
  }

  static restore(record: SensorRecord, how: { source: MetricSource; polls: number }): Sensor {
    const sensor = new Sensor(record, how, record.history);
    const { streak, good, silent, silentSince, learnedSince, unheld = 0 } = record;
    if (streak !== undefined) sensor.streak = streak;
    Object.assign(sensor, { good, silent, silentSince, learnedSince, unheld });
    return sensor;
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    return 600 + 4 * this.name.length + (this.history === undefined ? 0 : History.bytes);
  }
}
