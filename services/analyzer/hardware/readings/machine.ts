import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import {
  type Clear,
  type Hit,
  type Metric,
  MetricSource,
  Reading,
  type ServerStatus,
} from '#shared/model/index.ts';
import { judgeBmc } from './bmc.ts';
import { hourMs } from './history.ts';
import { judgeLimits } from './limits.ts';
import { judgeLost } from './lost.ts';
import { OpenFinding, OpenFindings } from './open-findings.ts';
import { Sensor, SensorRecord } from './sensor.ts';
import { type Around, judgeFans, judgeForecast, judgeLearned } from './unusual.ts';

/** A sensor that has not been in any poll for so long is forgotten. */
const sensorForgottenMs = 30 * 24 * hourMs;
/** Sensors of one machine, so that its state is a record of at most 4 MB, and a BMC that makes up names cannot fill the memory. */
const maxSensors = 800;
/** What takes days is looked at so often. */
const fansEveryHours = 6;
/** A clock of a shipper that is ahead by more counts as now. */
const aheadMs = 60_000;

/** All that is known of a machine by one source: the state of the stage `hardware`, whole. Moments are milliseconds since the epoch. */
export const MachineRecord = z.object({
  server: z.string(),
  source: MetricSource,
  /** Records of the input below it are in this state, as far as they are not newer than `at`. */
  offset: z.number().int(),
  at: z.number(),
  /** When anything was last heard of it, by the bus. */
  heardAt: z.number(),
  power: z.enum(['on', 'off', 'unknown']),
  onSince: z.number().optional(),
  /** Readings of a poll whose status has not come yet. */
  pending: z.array(Reading),
  sensors: z.array(SensorRecord),
  open: z.record(z.string(), OpenFinding),
});
export type MachineRecord = z.infer<typeof MachineRecord>;

export interface MachineOptions {
  readonly source: MetricSource;
  readonly config: Pick<Config, 'domains' | 'language' | 'hardware' | 'ipmi'>;
}

/** Judges what one machine's sensors read, poll after poll. Pure: the clock is what the records say. */
export class Machine {
  readonly server: string;
  readonly #options: MachineOptions;
  readonly #sensors = new Map<string, Sensor>();
  readonly #open: OpenFindings;
  #pending: Reading[] = [];
  #power: ServerStatus['power'] = 'unknown';
  #onSince: number | undefined;
  #at = 0;
  #offset = 0;
  heardAt = 0;

  constructor(server: string, options: MachineOptions) {
    this.server = server;
    this.#options = options;
    this.#open = new OpenFindings(options.config);
  }

  get openFindings(): number {
    return this.#open.size;
  }

  get sensors(): number {
    return this.#sensors.size;
  }

  /** Whether this record is in the state already, which a crash can bring again. */
  has(offset: number, metric: Metric, arrivedAt: number): boolean {
    return offset < this.#offset && momentOf(metric, arrivedAt) <= this.#at;
  }

  /** @param arrivedAt when the record came over the bus */
  take(metric: Metric, offset: number, arrivedAt: number): (Hit | Clear)[] {
    this.heardAt = Math.max(this.heardAt, arrivedAt);
    this.#offset = offset + 1;
    const at = momentOf(metric, arrivedAt);
    const own = { ...metric, timestamp: new Date(at).toISOString() };
    // What comes out of order is older than what has been judged.
    if (at < this.#at) return [];
    this.#at = at;
    const [waiting] = this.#pending;
    // Of a poll before that had no status the power is not known.
    const told =
      waiting !== undefined && waiting.timestamp !== own.timestamp ? this.#judge(undefined, arrivedAt) : [];
    if (own.kind === 'status') return [...told, ...this.#judge(own, arrivedAt)];
    if (this.#pending.length < maxSensors) this.#pending.push(own);
    return told;
  }

  /** Findings that last and have not been told for so long. */
  due(now: number, everyMs: number): Hit[] {
    return this.#open.due(now, everyMs);
  }

  #judge(status: ServerStatus | undefined, arrivedAt: number): (Hit | Clear)[] {
    const readings = new Map(this.#pending.map((reading) => [reading.sensor, reading]));
    this.#pending = [];
    if (status !== undefined) this.#see(status);
    const { config } = this.#options;
    const around: Around = { arrivedAt, open: this.#open, config, onSince: this.#onSince };
    const told: (Hit | Clear)[] = [];
    let hour: number | undefined;
    for (const reading of readings.values()) {
      if (reading.ignored === true) continue;
      const sensor = this.#sensorOf(reading);
      if (sensor === undefined || (this.#power === 'off' && isOffWithPower(sensor))) continue;
      sensor.hear(reading);
      told.push(...judgeLimits(sensor, reading, arrivedAt, this.#open, config.language));
      if (reading.value === undefined || sensor.history === undefined || this.#power === 'off') continue;
      const closed = sensor.history.add(Date.parse(reading.timestamp), reading.value);
      if (closed.quarter !== undefined) told.push(...judgeForecast(sensor, reading, closed.quarter, around));
      if (closed.hour !== undefined) {
        told.push(...judgeLearned(sensor, reading, closed.hour, around));
        hour = closed.hour;
      }
    }
    const sensors = [...this.#sensors.values()];
    if (hour !== undefined && (hour / hourMs) % fansEveryHours === 0) {
      told.push(...judgeFans(sensors, readings, hour + hourMs, around));
      this.#forgetOld();
    }
    if (status === undefined) return told;
    if (status.outcome === 'ok' && status.power === 'on' && readings.size > 0)
      for (const sensor of sensors) if (!readings.has(sensor.name)) sensor.miss(Date.parse(status.timestamp));
    told.push(...judgeLost(sensors, status, arrivedAt, this.#open, config));
    if (this.#options.source === 'ipmi') told.push(...judgeBmc(status, arrivedAt, this.#open, config));
    return told;
  }

  /** Of a BMC that does not answer the power is not known, and stays what it was. */
  #see({ power, outcome, timestamp }: ServerStatus): void {
    if (outcome !== 'ok') return;
    if (power === 'on' && this.#power === 'off') this.#onSince = Date.parse(timestamp);
    this.#power = power;
  }

  #sensorOf({ sensor: name, sensorKind: kind, entity, unit, timestamp }: Reading): Sensor | undefined {
    const known = this.#sensors.get(name);
    // A sensor that measures something else now is another one.
    if (known !== undefined && known.kind === kind) return known;
    if (known === undefined && this.#sensors.size >= maxSensors) return undefined;
    const { source, config } = this.#options;
    const made = new Sensor(
      { name, kind, entity, unit, seenAt: Date.parse(timestamp) },
      { source, polls: config.hardware.confirmPolls },
    );
    this.#sensors.set(name, made);
    return made;
  }

  #forgetOld(): void {
    for (const [name, { seenAt }] of this.#sensors)
      if (seenAt < this.#at - sensorForgottenMs) this.#sensors.delete(name);
  }

  record(): MachineRecord {
    return {
      server: this.server,
      source: this.#options.source,
      offset: this.#offset,
      at: this.#at,
      heardAt: this.heardAt,
      power: this.#power,
      ...(this.#onSince !== undefined && { onSince: this.#onSince }),
      pending: this.#pending,
      sensors: [...this.#sensors.values()].map((sensor) => sensor.record()),
      open: this.#open.snapshot(),
    };
  }

  static restore(record: MachineRecord, options: MachineOptions): Machine {
    const machine = new Machine(record.server, options);
    const { source, config } = options;
    for (const sensor of record.sensors)
      machine.#sensors.set(
        sensor.name,
        Sensor.restore(sensor, { source, polls: config.hardware.confirmPolls }),
      );
    machine.#open.restore(record.open);
    machine.#pending = [...record.pending];
    machine.#power = record.power;
    machine.#onSince = record.onSince;
    machine.#at = record.at;
    machine.#offset = record.offset;
    machine.heardAt = record.heardAt;
    return machine;
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    let bytes = 1000 + 4000 * this.#open.size + 1000 * this.#pending.length;
    for (const sensor of this.#sensors.values()) bytes += sensor.bytes;
    return bytes;
  }
}

function momentOf({ timestamp }: Metric, arrivedAt: number): number {
  return Math.min(Date.parse(timestamp), arrivedAt + aheadMs);
}

/** Without power its readings are zero, and no failure. Temperatures and states are judged as ever: the BMC has power. */
function isOffWithPower({ kind }: Sensor): boolean {
  return kind === 'fan' || kind === 'voltage' || kind === 'current' || kind === 'power';
}
