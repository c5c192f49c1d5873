import type { SensorKind, Thresholds } from '#shared/model/index.ts';

/** A BMC as it is asked: a server of the list with its defaults filled in. */
export interface Bmc {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** As the machine calls itself in its logs. */
  readonly hostName: string;
  readonly group: string | undefined;
  readonly user: string | undefined;
  /** Read anew where it is used, so that a changed one counts; never logged, never an argument of a process. */
  readonly password: () => Promise<string>;
  readonly cipherSuite: number;
  readonly privilege: 'user' | 'operator' | 'administrator';
  readonly tool: 'ipmitool' | 'freeipmi';
  readonly intervalSeconds: number;
  readonly maxRetries: number;
  readonly timeoutSeconds: number;
}

/** A sensor as the BMC states it. */
export interface SensorReading {
  /** Trimmed. Hostile text. */
  readonly name: string;
  readonly number: number | undefined;
  readonly kind: SensorKind;
  readonly entity: string | undefined;
  readonly value: number | undefined;
  readonly unit: string | undefined;
  /** Of a discrete sensor: what it says is so, in the words of the specification. */
  readonly states: readonly string[];
  /** The BMC's own. */
  readonly thresholds: Thresholds;
  /** By the BMC's own thresholds; `ns`: there is no reading. */
  readonly status: 'ok' | 'nc' | 'cr' | 'nr' | 'ns' | 'unknown';
}

/** An answer to a raw command. */
export interface RawAnswer {
  /** Completion code: 0 is success; IPMI 2.0, table 5-2. */
  readonly completion: number;
  readonly data: Buffer;
}

/** Faults that the chassis status has a bit for: IPMI 2.0, table 28-3, bytes 2 and 4. */
export type ChassisFault =
  | 'power overload'
  | 'power interlock'
  | 'main power fault'
  | 'power control fault'
  | 'intrusion'
  | 'drive fault'
  | 'cooling fault';

/** Power and the faults that the chassis itself states. */
export interface ChassisState {
  readonly power: 'on' | 'off' | 'unknown';
  /** Undefined where the BMC does not say. */
  readonly faults: readonly ChassisFault[] | undefined;
}

/**
 * One session with a BMC: one process, which is ended by `close`, by the signal, and hard when it does not end by itself. Calls
 * come one after another. Each rejects with a `BmcTrouble` where the BMC cannot be asked.
 */
export interface Session {
  /** @param bytes network function, command, data */
  raw(bytes: readonly number[]): Promise<RawAnswer>;
  chassis(): Promise<ChassisState>;
  sensors(): Promise<readonly SensorReading[]>;
  /** What the BMC's tool says of a threshold event: reading and threshold in the sensor's unit. */
  trigger(recordId: number): Promise<{ reading?: number; threshold?: number; unit?: string }>;
  close(): Promise<void>;
}

/** Why a BMC could not be asked: one clear line, without secrets. */
export class BmcTrouble extends Error {
  readonly outcome: 'unreachable' | 'refused' | 'invalid';

  constructor(outcome: 'unreachable' | 'refused' | 'invalid', message: string) {
    super(message);
    this.name = 'BmcTrouble';
    this.outcome = outcome;
  }
}

/** How full the system event log is, and the BMC's clock. */
export interface SelInfo {
  readonly entries: number;
  readonly freeBytes: number;
  readonly percentUsed: number | undefined;
  readonly overflow: boolean;
  /** Seconds by the BMC's clock; undefined where it says none. */
  readonly lastAdd: number | undefined;
  readonly lastErase: number | undefined;
}
