import type { SensorKind } from '#shared/model/index.ts';

/** Which part of a machine a sensor is of: `labels.component` of a finding, which relations between findings go by. */
export const components = [
  'temperature',
  'fan',
  'power-supply',
  'voltage',
  'memory',
  'processor',
  'disk',
  'chassis',
  'event-log',
  'bmc',
  'system',
  'other',
] as const;
export type Component = (typeof components)[number];

/** Sensor types of IPMI 2.0, table 42-3, as `ipmitool` spells them, in lower case. */
const sensorTypes: ReadonlyMap<string, Component> = new Map([
  ['temperature', 'temperature'],
  ['voltage', 'voltage'],
  ['current', 'power-supply'],
  ['fan', 'fan'],
  ['physical security', 'chassis'],
  ['platform security', 'chassis'],
  ['processor', 'processor'],
  ['power supply', 'power-supply'],
  ['power unit', 'power-supply'],
  ['cooling device', 'fan'],
  ['memory', 'memory'],
  ['drive slot / bay', 'disk'],
  ['drive slot', 'disk'],
  ['post memory resize', 'memory'],
  ['system firmwares', 'system'],
  ['system firmware progress', 'system'],
  ['event logging disabled', 'event-log'],
  ['system event', 'system'],
  ['critical interrupt', 'system'],
  ['chassis', 'chassis'],
  ['chip set', 'system'],
  ['system boot initiated', 'system'],
  ['boot error', 'system'],
  ['os boot', 'system'],
  ['os critical stop', 'system'],
  ['system acpi power state', 'system'],
  ['management subsystem health', 'bmc'],
  ['version change', 'bmc'],
  ['microcontroller', 'bmc'],
]);

/** What a sensor's name or entity says of it, where its kind or type says nothing. */
const names: readonly (readonly [RegExp, Component])[] = [
  [/\b(?:psu?\d*|pwr|power)(?:\b|_)|power supply|redundan/i, 'power-supply'],
  [/\bfans?\d*(?:\b|_)|cooling|blower/i, 'fan'],
  [/\b(?:dimm|memory|mem|ecc)/i, 'memory'],
  [/\b(?:drive|disk|hdd|ssd|nvme|raid|bp\d|slot|bay)/i, 'disk'],
  [/\b(?:cpu|processor|proc|ierr|thermtrip)/i, 'processor'],
  [/intru|chassis|cover|front panel/i, 'chassis'],
  [/\b(?:sel|event log)/i, 'event-log'],
  [/\b(?:bmc|management|ipmi|i?drac|ilo)\b/i, 'bmc'],
];

/** The part that a sensor type of IPMI is of. @param type in the words of the specification, such as `Power Supply` */
export function componentOfType(type: string): Component {
  return sensorTypes.get(type.trim().toLowerCase()) ?? 'other';
}

/** The part that a name is of, as far as a name tells. Names are hostile text, which is only looked at. */
export function componentOfName(name: string): Component | undefined {
  return names.find(([pattern]) => pattern.test(name))?.[1];
}

/** The part that a reading is of. */
export function componentOfReading(reading: {
  readonly sensorKind: SensorKind;
  readonly sensor: string;
  readonly entity?: string | undefined;
}): Component {
  const { sensorKind, sensor, entity = '' } = reading;
  switch (sensorKind) {
    case 'temperature':
    case 'fan':
    case 'voltage':
      return sensorKind;
    case 'current':
    case 'power':
      return 'power-supply';
    case 'percent':
    case 'rate':
    case 'count':
    case 'state':
    case 'other':
      return componentOfName(sensor) ?? componentOfName(entity) ?? 'other';
  }
}
