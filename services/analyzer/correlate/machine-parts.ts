import type { Incident } from '#shared/model/index.ts';

/** The part of one machine that an incident is about. */
export interface MachinePart {
  readonly host: string;
  /** As `hardware/component.ts` names it. */
  readonly component: string;
  /** Hostile text, which is only compared and looked at. */
  readonly sensor: string;
  /** By its BMC, in hexadecimal. */
  readonly number: string | undefined;
}

/**
 * What the failure of a part leads to on the same machine, directly or through others: without power fans stand and voltages sag,
 * without air it gets hot, and a hot processor slows down.
 */
const consequences: Readonly<Record<string, readonly string[]>> = {
  'power-supply': ['voltage', 'fan', 'temperature', 'processor'],
  fan: ['temperature', 'processor'],
  temperature: ['processor'],
};

/** Sensors of the air that comes in: what it heats is warmer still. */
const incoming = /\b(?:inlet|intake|ambient|front panel)\b/i;
/** What sums up other sensors of its kind: redundancy of a set, a fault that the chassis states. */
const summary = /redundan|^chassis /i;

/** The part that an incident is about; undefined where it is not about a single one. */
export function machinePartOf({
  captures,
  labels,
}: Pick<Incident, 'captures' | 'labels'>): MachinePart | undefined {
  const host = captures?.host;
  const component = labels?.component;
  if (host === undefined || component === undefined) return undefined;
  return { host, component, sensor: captures?.sensor ?? '', number: labels?.sensor_number };
}

/**
 * Whether one may be a consequence of the other. Two of the same sensor (what its BMC logged of it, and what it reads) may each be:
 * which began first is taken for the cause.
 */
export function mayFollow(part: MachinePart, cause: MachinePart): boolean {
  if (part.host !== cause.host) return false;
  if (part.component !== cause.component)
    return consequences[cause.component]?.includes(part.component) === true;
  if (isSameSensor(part, cause)) return true;
  if (part.sensor === cause.sensor) return false;
  if (part.component === 'temperature') return incoming.test(cause.sensor) && !incoming.test(part.sensor);
  return summary.test(part.sensor) && !summary.test(cause.sensor);
}

/**
 * Where a BMC has several sensors of one name, its log names them all alike, and readings do not: then the number tells. It is not
 * enough, for controllers of one machine number their own sensors each.
 */
function isSameSensor(one: MachinePart, other: MachinePart): boolean {
  if (one.sensor === other.sensor) return one.sensor !== '';
  if (one.number === undefined || one.number !== other.number) return false;
  const [name, otherName] = [plainName(one.sensor), plainName(other.sensor)];
  return name.startsWith(otherName) || otherName.startsWith(name);
}

/** Without what tells it from others of its name. */
function plainName(sensor: string): string {
  const end = sensor.search(/[(#]/);
  return (end === -1 ? sensor : sensor.slice(0, end)).trim();
}
