import type { Exemplar, Reading, ServerStatus, Severity, Thresholds } from '#shared/model/index.ts';
import { valueText } from '../wording.ts';

const names: Readonly<Record<keyof Thresholds, string>> = {
  lowerNonRecoverable: 'lower non-recoverable',
  lowerCritical: 'lower critical',
  lowerWarning: 'lower warning',
  upperWarning: 'upper warning',
  upperCritical: 'upper critical',
  upperNonRecoverable: 'upper non-recoverable',
};
const order = Object.keys(names).filter((name): name is keyof Thresholds => name in names);

/** A limit that a reading is beyond. */
export interface Crossed {
  readonly limit: number;
  readonly side: 'above' | 'below';
}

const limitsOf: Record<
  Exclude<Severity, 'info'>,
  { above: (keyof Thresholds)[]; below: (keyof Thresholds)[] }
> = {
  warning: { above: ['upperWarning'], below: ['lowerWarning'] },
  critical: {
    above: ['upperCritical', 'upperNonRecoverable'],
    below: ['lowerCritical', 'lowerNonRecoverable'],
  },
};

/** Which limit of this severity a reading has crossed; undefined where none says so, as with states. */
export function crossedLimit(
  { value, thresholds = {} }: Pick<Reading, 'value' | 'thresholds'>,
  severity: Exclude<Severity, 'info'>,
): Crossed | undefined {
  if (value === undefined) return undefined;
  const { above, below } = limitsOf[severity];
  for (const name of above) {
    const limit = thresholds[name];
    if (limit !== undefined && value >= limit) return { limit, side: 'above' };
  }
  for (const name of below) {
    const limit = thresholds[name];
    if (limit !== undefined && value <= limit) return { limit, side: 'below' };
  }
  return undefined;
}

/** A reading as a line of text. Names and states are hostile text. */
export function readingText(reading: Reading, sensor: string): string {
  const { value, unit, states = [], status, thresholds = {} } = reading;
  const limits = order.flatMap((name) => {
    const limit = thresholds[name];
    return limit === undefined ? [] : [`${names[name]} ${valueText(limit, unit)}`];
  });
  const read = value === undefined ? states.join(', ') || '-' : valueText(value, unit);
  return [sensor, read, status, ...(limits.length > 0 ? [limits.join(', ')] : [])].join(' | ');
}

export function readingExemplar(reading: Reading, sensor: string): Exemplar {
  const { id, timestamp, host } = reading;
  return { id, timestamp, host, text: readingText(reading, sensor), before: [] };
}

export function statusExemplar(status: ServerStatus): Exemplar {
  const { id, timestamp, host, server, outcome, reason } = status;
  const text = [`BMC ${server}`, outcome, ...(reason === undefined ? [] : [reason])].join(' | ');
  return { id, timestamp, host, text, before: [] };
}
