import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { type Clear, type Hit, SelEvent } from '#shared/model/index.ts';
import { loadRules } from '../../../detect/index.ts';
import { EventRules } from '../event-rules.ts';
import type { ArrivedEvent } from '../fold.ts';
import { judgeEvents, judgeTime } from '../judge.ts';
import type { HostEvents } from '../state.ts';
import type { TellingOptions } from '../telling.ts';

export const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
export const config = ConfigSchema.parse({ language: 'en' });
const eventRules = new EventRules({ rules, packs: undefined, language: 'en' });

function optionsWith(hardware: Partial<Config['hardware']> = {}): TellingOptions {
  return {
    config: { ...config, hardware: { ...config.hardware, ...hardware } },
    rules: eventRules,
  };
}

/** 2026-11-21T00:00:00Z. */
export const midnight = Date.UTC(2026, 10, 21);

/** What an event of a test says: numbers of the specification, and the words of ipmitool for them. */
export interface Said {
  readonly type: string;
  readonly typeCode: number;
  readonly code: number;
  readonly offset: number;
  readonly words: string;
  readonly severity: SelEvent['ipmi']['severity'];
  readonly sensor?: string;
  /** Default: one of its name's own. */
  readonly number?: number;
  /** Of the deassertion; `info` as a rule. */
  readonly whenDeasserted?: SelEvent['ipmi']['severity'];
}

export const said = {
  hot: { ...limit('Temperature', 1, 7, 'Upper Non-critical going high', 'warning'), sensor: 'CPU Temp' },
  notHot: { ...limit('Temperature', 1, 6, 'Upper Non-critical going low', 'info'), sensor: 'CPU Temp' },
  tooHot: { ...limit('Temperature', 1, 9, 'Upper Critical going high', 'critical'), sensor: 'CPU Temp' },
  slow: { ...limit('Fan', 4, 2, 'Lower Critical going low', 'critical'), sensor: 'FAN3' },
  supplyFailed: { ...special('Power Supply', 8, 1, 'Failure detected', 'warning'), sensor: 'PS1 Status' },
  supplyThere: {
    ...special('Power Supply', 8, 0, 'Presence detected', 'info'),
    sensor: 'PS1 Status',
    whenDeasserted: 'warning',
  },
  lost: { ...generic('Power Supply', 8, 0x0b, 1, 'Redundancy Lost', 'warning'), sensor: 'PS Redundancy' },
  full: { ...generic('Power Supply', 8, 0x0b, 0, 'Fully Redundant', 'info'), sensor: 'PS Redundancy' },
  driveFault: { ...special('Drive Slot / Bay', 13, 1, 'Drive Fault', 'critical'), sensor: 'Drive 3' },
  rebuild: { ...special('Drive Slot / Bay', 13, 7, 'Rebuild In Progress', 'info'), sensor: 'Drive 3' },
  corrected: { ...special('Memory', 12, 0, 'Correctable ECC', 'warning'), sensor: 'DIMM_A1' },
  uncorrectable: { ...special('Memory', 12, 1, 'Uncorrectable ECC', 'critical'), sensor: 'DIMM_A1' },
  eccLimit: {
    ...special('Memory', 12, 5, 'Correctable ECC logging limit reached', 'warning'),
    sensor: 'DIMM_A1',
  },
  odd: {
    ...generic('Module / Board', 0x15, 0x0a, 6, 'Transition to Degraded', 'warning'),
    sensor: 'Riser 1',
  },
  boot: { ...special('System Boot Initiated', 0x1d, 0, 'Initiated by power up', 'info'), sensor: 'Boot' },
} as const satisfies Record<string, Said>;

function limit(type: string, typeCode: number, offset: number, words: string, severity: Said['severity']) {
  return { type, typeCode, code: 1, offset, words, severity };
}

function special(type: string, typeCode: number, offset: number, words: string, severity: Said['severity']) {
  return generic(type, typeCode, 0x6f, offset, words, severity);
}

function generic(
  type: string,
  typeCode: number,
  code: number,
  offset: number,
  words: string,
  severity: Said['severity'],
) {
  return { type, typeCode, code, offset, words, severity };
}

export interface When {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly record: number;
  readonly isOver?: boolean;
  readonly generation?: number;
  /** Default: a second later. */
  readonly arrivedAt?: number;
  readonly host?: string;
  readonly part?: string;
}

/** An event as the shipper writes it. */
export function eventOf(what: Said, when: When): ArrivedEvent {
  const { type, typeCode, code, offset, words, sensor = 'X' } = what;
  const { at, record, isOver = false, generation = 0, arrivedAt = at + 1000, host = 'db-1', part } = when;
  const direction = isOver ? 'deasserted' : 'asserted';
  const severity = isOver ? (what.whenDeasserted ?? 'info') : what.severity;
  const id = `${host}-${generation}-${record}`;
  const line = [
    record.toString(16),
    clockOf(at),
    `${type} ${sensor}`,
    words,
    isOver ? 'Deasserted' : 'Asserted',
  ];
  const event = SelEvent.parse({
    '@timestamp': new Date(at).toISOString(),
    message: [...line, ...(part === undefined ? [] : [part])].join(' | '),
    log: { level: severity },
    event: {
      ...{ id, module: 'ipmi', dataset: 'ipmi.sel', kind: 'event', severity: 4 },
      ...{
        action: isOver ? 'deassert' : 'assert',
        original: '00',
        created: new Date(arrivedAt).toISOString(),
      },
    },
    host: { name: host },
    observer: { name: `bmc-of-${host}`, type: 'bmc' },
    service: { name: 'hardware' },
    ecs: { version: '8.11.0' },
    ipmi: {
      ...{ record_id: record, record_type: 2, generation, raw: '00' },
      sensor: { name: sensor, number: what.number ?? numberOf(sensor), type, type_code: typeCode },
      event: {
        ...{ direction, type_code: code, offset, description: words },
        class: code === 1 ? 'threshold' : code === 0x6f ? 'sensor-specific' : 'digital',
        ...(part !== undefined && { part }),
      },
      time: { offset_ms: 0, preinit: false, source: 'bmc' },
      severity,
    },
  });
  return { event, id, arrivedAt };
}

/** What the shipper tells of the log itself. */
export function logEventOf(state: 'cleared' | 'overflow' | 'room', when: Omit<When, 'record'>): ArrivedEvent {
  const words =
    state === 'cleared' ? 'Log area reset/cleared' : state === 'room' ? 'Log almost full' : 'Log full';
  const isOver = state === 'room';
  const severity = state === 'overflow' ? 'warning' : 'info';
  const what = { ...special('Event Logging Disabled', 0x10, 4, words, severity), sensor: 'SEL' };
  const { event, ...rest } = eventOf(what, { ...when, record: 0, isOver });
  const { sensor: _, record_id: _id, ...ipmi } = event.ipmi;
  const { direction, description } = ipmi.event;
  return {
    ...rest,
    event: { ...event, ipmi: { ...ipmi, event: { direction, description, class: 'log', log: state } } },
  };
}

function numberOf(name: string): number {
  return Buffer.from(name).reduce((sum, byte) => (31 * sum + byte) % 256, 7);
}

function clockOf(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} | ${time.slice(0, 8)} UTC`;
}

/** A machine that is judged step by step, and what it told. */
export class Machine {
  state: HostEvents = { host: 'db-1', sensors: [], modules: [] };
  readonly told: (Hit | Clear)[] = [];
  readonly healed: string[] = [];
  readonly #options: TellingOptions;

  constructor(hardware: Partial<Config['hardware']> = {}) {
    this.#options = optionsWith(hardware);
  }

  /** Takes in one batch. */
  take(...events: readonly ArrivedEvent[]): this {
    return this.#note(judgeEvents(this.state, events, this.#options));
  }

  /** The clock, all caught up since `watchingSince`. */
  tick(now: number, watchingSince = 0): this {
    return this.#note(judgeTime(this.state, { now, watchingSince }, this.#options));
  }

  #note({ state, signals, healed }: ReturnType<typeof judgeTime>): this {
    // As it comes back from the topic.
    this.state = JSON.parse(JSON.stringify(state));
    this.told.push(...signals);
    this.healed.push(...healed);
    return this;
  }

  /** What was told, in short. */
  get words(): string[] {
    return this.told.map((signal) =>
      signal.kind === 'hit'
        ? `${signal.rule} ${signal.severity} ${signal.captures?.sensor} x${signal.count}`
        : `over ${signal.rule} ${signal.captures?.sensor}`,
    );
  }
}
