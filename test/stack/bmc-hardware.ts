/**
 * The machine behind a simulated BMC: its sensors, and the commands of `ipmi_sim` (man 5 ipmi_sim_cmd) that make them. The
 * records are those of IPMI 2.0, tables 43-1 (full sensor) and 43-2 (compact sensor).
 */
interface AnalogSensor {
  readonly number: number;
  readonly name: string;
  /** Sensor type code, table 42-3. */
  readonly type: number;
  /** Entity id and instance, table 43-13. */
  readonly entity: readonly [number, number];
  /** Unit type code, table 43-15. */
  readonly unit: number;
  /** A raw byte is so much of the unit: `step[0] × 10^step[1]`. */
  readonly step: readonly [number, number];
  readonly raw: number;
  /** Raw: upper non-recoverable, critical, non-critical; and, where it has them, the lower ones in that order. */
  readonly thresholds:
    | readonly [number, number, number]
    | readonly [number, number, number, number, number, number];
  /** False: the BMC does not read it now. */
  readonly scanned?: false;
}

interface DiscreteSensor {
  readonly number: number;
  readonly name: string;
  readonly type: number;
  readonly entity: readonly [number, number];
  /** Event/reading type code, table 42-1: 0x6f are the states of its type, 0x0b redundancy. */
  readonly states: number;
  /** The state that is so at the start. */
  readonly state?: number;
}

const celsius = 1;
const volts = 4;
const amperes = 5;
const watts = 6;
const revolutions = 18;

const analog: readonly AnalogSensor[] = [
  {
    number: 1,
    name: 'CPU Temp',
    type: 0x01,
    entity: [3, 1],
    unit: celsius,
    step: [1, 0],
    raw: 46,
    thresholds: [105, 100, 95, 0, 5, 10],
  },
  {
    number: 2,
    name: 'Inlet Temp',
    type: 0x01,
    entity: [64, 1],
    unit: celsius,
    step: [1, 0],
    raw: 24,
    thresholds: [50, 45, 42, 0, 2, 5],
  },
  {
    number: 3,
    name: 'FAN1',
    type: 0x04,
    entity: [29, 1],
    unit: revolutions,
    step: [70, 0],
    raw: 80,
    thresholds: [255, 250, 245, 5, 8, 10],
  },
  {
    number: 4,
    name: '12V',
    type: 0x02,
    entity: [7, 1],
    unit: volts,
    step: [6, -2],
    raw: 201,
    thresholds: [224, 220, 216, 160, 168, 176],
  },
  {
    number: 8,
    name: 'FAN2',
    type: 0x04,
    entity: [29, 2],
    unit: revolutions,
    step: [70, 0],
    raw: 82,
    thresholds: [255, 250, 245, 5, 8, 10],
  },
  {
    number: 13,
    name: 'P1V05',
    type: 0x02,
    entity: [7, 1],
    unit: volts,
    step: [7, -3],
    raw: 150,
    thresholds: [170, 165, 160, 130, 135, 140],
  },
  {
    number: 14,
    name: 'Pwr Consumption',
    type: 0x0b,
    entity: [7, 1],
    unit: watts,
    step: [4, 0],
    raw: 62,
    thresholds: [250, 240, 230],
  },
  {
    number: 15,
    name: 'PSU1 Current',
    type: 0x03,
    entity: [10, 1],
    unit: amperes,
    step: [2, -1],
    raw: 6,
    thresholds: [60, 55, 50],
  },
  // Dell names the temperatures of both processors like this.
  {
    number: 17,
    name: 'Temp',
    type: 0x01,
    entity: [3, 1],
    unit: celsius,
    step: [1, 0],
    raw: 51,
    thresholds: [105, 100, 95, 0, 5, 10],
  },
  {
    number: 18,
    name: 'Temp',
    type: 0x01,
    entity: [3, 2],
    unit: celsius,
    step: [1, 0],
    raw: 57,
    thresholds: [103, 98, 93, 0, 5, 10],
  },
  {
    number: 19,
    name: 'GPU1 Temp',
    type: 0x01,
    entity: [11, 1],
    unit: celsius,
    step: [1, 0],
    raw: 0,
    thresholds: [105, 100, 95],
    scanned: false,
  },
];

const discrete: readonly DiscreteSensor[] = [
  { number: 5, name: 'PSU1 Status', type: 0x08, entity: [10, 1], states: 0x6f, state: 0 },
  { number: 6, name: 'DIMM A1', type: 0x0c, entity: [32, 1], states: 0x6f },
  { number: 7, name: 'SEL', type: 0x10, entity: [6, 1], states: 0x6f },
  { number: 9, name: 'PSU2 Status', type: 0x08, entity: [10, 2], states: 0x6f, state: 0 },
  { number: 10, name: 'PS Redundancy', type: 0x08, entity: [19, 1], states: 0x0b, state: 0 },
  { number: 11, name: 'Drive 0', type: 0x0d, entity: [26, 1], states: 0x6f, state: 0 },
  { number: 12, name: 'Chassis Intru', type: 0x05, entity: [23, 1], states: 0x6f },
  { number: 16, name: 'CPU1 Status', type: 0x07, entity: [3, 1], states: 0x6f, state: 7 },
];

/** Threshold events of IPMI: the three upper ones going high, the three lower ones going low. */
const thresholdEvents = '000101010010101';
const allStates = '000000011111111';

/** The commands that make the machine, with a SEL of so many records. */
export function hardwareCommands(selEntries: number): string {
  const lines = [
    'mc_setbmc 0x20',
    'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02',
    `sel_enable 0x20 ${selEntries} 0x0a`,
    // Sensor 0 has to be the watchdog.
    'sensor_add 0x20 0 0 35 0x6f event-only',
    support(0, '000000000001111'),
    ...analog.flatMap(analogCommands),
    ...discrete.flatMap(discreteCommands),
    'mc_enable 0x20',
    '',
  ];
  return lines.join('\n');
}

function analogCommands(sensor: AnalogSensor): string[] {
  const { number, type, thresholds, scanned = true } = sensor;
  const has = thresholds.length === 3 ? '111000' : '111111';
  return [
    `sensor_add 0x20 0 ${number} ${hex(type)} 0x01`,
    `sensor_set_value 0x20 0 ${number} ${hex(sensor.raw)} 0`,
    `sensor_set_threshold 0x20 0 ${number} settable ${has} ${sixThresholds(thresholds).map(hex).join(' ')}`,
    support(number, thresholdEvents, scanned),
    record([0x00, 0x00, 0x51, 0x01], fullSensor(sensor)),
  ];
}

function discreteCommands(sensor: DiscreteSensor): string[] {
  const { number, type, states, state } = sensor;
  return [
    `sensor_add 0x20 0 ${number} ${hex(type)} ${hex(states)}`,
    ...(state === undefined ? [] : [`sensor_set_bit_clr_rest 0x20 0 ${number} ${state} 1 0`]),
    support(number, allStates),
    record([0x00, 0x00, 0x51, 0x02], compactSensor(sensor)),
  ];
}

function sixThresholds(thresholds: AnalogSensor['thresholds']): number[] {
  return [...thresholds, 0, 0, 0].slice(0, 6);
}

function support(number: number, events: string, scanned = true): string {
  const scanning = scanned ? 'scanning' : 'no-scanning';
  return `sensor_set_event_support 0x20 0 ${number} enable ${scanning} per-state ${`${events} `.repeat(4).trim()}`;
}

function record(header: number[], body: number[]): string {
  return `main_sdr_add 0x20 ${[...header, body.length, ...body].map(hex).join(' ')}`;
}

function fullSensor({ number, name, type, entity, unit, step, thresholds }: AnalogSensor): number[] {
  const [mantissa, exponent] = step;
  // Owner, entity, initialisation and capabilities, types, event and reading masks, unit.
  const head = [0x20, 0, number, ...entity, 0x67, 0x68, type, 0x01, 0x95, 0x0a, 0x95, 0x7a, 0x3f, 0x3f];
  const conversion = [0x00, unit, 0, 0, mantissa, 0, 0, 0, 0, (exponent & 0xf) << 4];
  const range = [0x07, 0x40, 0xc0, 0x10, 0xff, 0x00];
  return [...head, ...conversion, ...range, ...sixThresholds(thresholds), 1, 1, 0, 0, 0, ...idString(name)];
}

function compactSensor({ number, name, type, entity, states }: DiscreteSensor): number[] {
  const head = [0x20, 0, number, ...entity, 0x67, 0x40, type, states, 0xff, 0, 0xff, 0, 0xff, 0];
  const unit = [0xc0, 0, 0];
  const sharing = [1, 0];
  return [...head, ...unit, ...sharing, 0, 0, 0, 0, 0, 0, ...idString(name)];
}

/** Eight-bit ASCII, at most 16 bytes. */
function idString(name: string): number[] {
  const bytes = Buffer.from(name, 'latin1');
  return [0xc0 | bytes.length, ...bytes];
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
