import type { SensorKind, Thresholds } from '#shared/model/index.ts';

/** A unit as it is kept, what is measured in it, and how a value is brought to it. */
export interface Unit {
  readonly unit: string | undefined;
  readonly kind: SensorKind;
  convert(value: number): number;
}

const same = (value: number): number => value;

/** By the names that `ipmitool` (ipmi_sdr.c, `unit_desc`) and FreeIPMI give the units of IPMI 2.0, table 43-15, in lower case. */
const units = new Map<string, Unit>(
  (
    [
      [['degrees c', 'c', '°c'], { unit: 'Cel', kind: 'temperature', convert: same }],
      [
        ['degrees f', 'f', '°f'],
        { unit: 'Cel', kind: 'temperature', convert: (value) => round(((value - 32) * 5) / 9) },
      ],
      [['degrees k', 'k'], { unit: 'Cel', kind: 'temperature', convert: (value) => round(value - 273.15) }],
      [['rpm'], { unit: 'RPM', kind: 'fan', convert: same }],
      [['volts', 'v'], { unit: 'V', kind: 'voltage', convert: same }],
      [['amps', 'a'], { unit: 'A', kind: 'current', convert: same }],
      [['watts', 'w'], { unit: 'W', kind: 'power', convert: same }],
      [['percent', '%'], { unit: '%', kind: 'percent', convert: same }],
      [['hz', 'hertz'], { unit: 'Hz', kind: 'other', convert: same }],
      [['unspecified', 'n/a', 'na', ''], { unit: undefined, kind: 'other', convert: same }],
    ] satisfies [string[], Unit][]
  ).flatMap(([names, unit]) => names.map((name): [string, Unit] => [name, unit])),
);

/** The unit by its name; one that is not known stays as it is. `% degrees C` (of Dell and others) is a share, no temperature. */
export function unitOf(name: string): Unit {
  const trimmed = name.trim();
  const key = trimmed.startsWith('%') ? '%' : trimmed.toLowerCase();
  return units.get(key) ?? { unit: trimmed.slice(0, 32), kind: 'other', convert: same };
}

/** Thresholds in the unit that is kept. */
export function convertThresholds(thresholds: Thresholds, { convert }: Unit): Thresholds {
  const converted: Thresholds = {};
  for (const name of thresholdNames) {
    const value = thresholds[name];
    if (value !== undefined) converted[name] = convert(value);
  }
  return converted;
}

/** In the order in which `ipmitool sensor` prints them. */
export const thresholdNames = [
  'lowerNonRecoverable',
  'lowerCritical',
  'lowerWarning',
  'upperWarning',
  'upperCritical',
  'upperNonRecoverable',
] as const satisfies readonly (keyof Thresholds)[];

/** A decimal number as the programs print it, else undefined: `na`, `0x8`, `nan`, nothing. */
export function decimal(text: string): number | undefined {
  const trimmed = text.trim();
  return /^-?\d{1,15}(?:\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
