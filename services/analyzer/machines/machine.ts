import {
  type MachineReading,
  type MachineState,
  type Reading,
  SensorStatus,
  type ServerStatus,
} from '#shared/model/index.ts';
import { Trend } from './trend.ts';

/** Sensors that are remembered of one machine; more than any has, and a bound for an inventory that lies. */
const maxSensors = 400;
/** Readings that a finding shows. */
const shown = 8;
/** What is older than so many milliseconds says nothing of now. */
const staleMs = 15 * 60_000;

/** The worse a status, the earlier it is told. */
const order: readonly SensorStatus[] = SensorStatus.options;
/** Of what is well, these are worth a look. */
const telling: readonly string[] = ['temperature', 'power', 'percent'];

interface Sensor {
  readonly newest: Reading;
  readonly trend: Trend;
}

/** What the sensors of one host said last, in band and out of band. */
export class Machine {
  readonly #sensors = new Map<string, Sensor>();
  #outOfBand: ServerStatus | undefined;
  #inBand: ServerStatus | undefined;
  /** When it was heard of last, in milliseconds since the epoch. */
  heardAt = 0;

  take(reading: Reading): void {
    const at = Date.parse(reading.timestamp);
    this.heardAt = Math.max(this.heardAt, at);
    const key = `${reading.source} ${reading.sensor}`;
    const known = this.#sensors.get(key);
    if (known === undefined && this.#sensors.size >= maxSensors) return;
    const trend = known?.trend ?? new Trend();
    if (reading.value !== undefined) trend.add(at, reading.value);
    if (known === undefined || known.newest.timestamp <= reading.timestamp)
      this.#sensors.set(key, { newest: reading, trend });
  }

  status(status: ServerStatus): void {
    this.heardAt = Math.max(this.heardAt, Date.parse(status.timestamp));
    if (status.source === 'ipmi') this.#outOfBand = status;
    else this.#inBand = status;
  }

  /** What a finding shows of it, its own sensor first. Undefined where nothing is known of now. */
  state(now: number, about: string | undefined): MachineState | undefined {
    const isFresh = (one: { timestamp: string } | undefined): boolean =>
      one !== undefined && now - Date.parse(one.timestamp) <= staleMs;
    const outOfBand = isFresh(this.#outOfBand) ? this.#outOfBand : undefined;
    const inBand = isFresh(this.#inBand) ? this.#inBand : undefined;
    const status = outOfBand ?? inBand;
    if (status === undefined) return undefined;
    const { host, server, outcome, power, health } = status;
    const { cpuPercent, memoryPercent } = inBand ?? status;
    const readings = [...this.#sensors.values()]
      .filter(({ newest }) => isFresh(newest) && newest.ignored !== true && newest.status !== 'absent')
      .map((sensor) => ({ sensor, rank: rankOf(sensor.newest, about) }))
      .filter(({ rank }) => rank !== undefined)
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
      .slice(0, shown)
      .map(({ sensor }) => readingOf(sensor));
    return {
      ...{ host, server, at: status.timestamp, outcome, power, health, readings },
      ...(cpuPercent !== undefined && { cpuPercent }),
      ...(memoryPercent !== undefined && { memoryPercent }),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    return 2048 + this.#sensors.size * (1536 + Trend.bytes);
  }
}

/** The smaller the earlier; undefined: not worth a line. */
function rankOf(reading: Reading, about: string | undefined): number | undefined {
  const { sensor, status, sensorKind, value, states = [] } = reading;
  if (value === undefined && states.length === 0) return undefined;
  if (sensor === about) return -1;
  if (status !== 'ok') return status === 'unknown' ? undefined : order.indexOf(status);
  const rank = telling.indexOf(sensorKind);
  return rank < 0 ? undefined : order.length + rank;
}

function readingOf({ newest, trend }: Sensor): MachineReading {
  const { sensor, sensorKind, value, unit, states, status, thresholds } = newest;
  const course = trend.course();
  return {
    ...{ sensor, sensorKind, status },
    ...(value !== undefined && { value }),
    ...(unit !== undefined && { unit }),
    ...(states !== undefined && { states }),
    ...(thresholds !== undefined && { thresholds }),
    // The mean of a step hides what has begun in it: the last point is what the sensor says now.
    ...(course && {
      trend: { ...course, means: value === undefined ? course.means : course.means.with(-1, value) },
    }),
  };
}
