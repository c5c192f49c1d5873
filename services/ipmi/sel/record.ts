/** The time that stands for none: IPMI 2.0, section 37.1. */
const unspecifiedTime = 0xffff_ffff;
/** Times below count from the BMC's start, since its clock was not set: IPMI 2.0, section 37.1. */
const firstSetTime = 0x2000_0000;

/** A time in a SEL: seconds. `none`: it is stated to be unknown, or the record has no place for one. */
export type StatedTime =
  | { readonly kind: 'set'; readonly seconds: number }
  | { readonly kind: 'preinit'; readonly seconds: number }
  | { readonly kind: 'none' };

/** What a stated time means. @param seconds unsigned, 32 bits */
export function statedTime(seconds: number): StatedTime {
  if (seconds === unspecifiedTime) return { kind: 'none' };
  return { kind: seconds < firstSetTime ? 'preinit' : 'set', seconds };
}

/** A record of a SEL by its layout: IPMI 2.0, section 32. */
export type SelRecord =
  | SystemRecord
  | { readonly kind: 'oem'; readonly time: StatedTime; readonly manufacturer: number; readonly data: Buffer }
  | { readonly kind: 'oem-untimed'; readonly time: StatedTime; readonly data: Buffer }
  /** A type that the specification keeps free, or bytes that are no record at all. */
  | { readonly kind: 'unknown'; readonly time: StatedTime; readonly data: Buffer };

/** Type 0x02: an event message of a sensor. */
export interface SystemRecord {
  readonly kind: 'system';
  readonly time: StatedTime;
  /** The first byte: an I²C address (bit 0 is 0) or a software id (bit 0 is 1); the second: channel and LUN. */
  readonly generator: number;
  readonly sensorType: number;
  readonly sensorNumber: number;
  /** 7 bits. */
  readonly eventType: number;
  readonly isAsserted: boolean;
  /** Three bytes. */
  readonly data: Buffer;
}

export const recordBytes = 16;
const none: StatedTime = { kind: 'none' };

/** The type of a record: its third byte. */
export function recordType(bytes: Buffer): number | undefined {
  return bytes.length > 2 ? bytes.readUInt8(2) : undefined;
}

/**
 * Takes a record apart.
 *
 * @param bytes as Get SEL Entry gives it: 16 of them, the id first. Others are `unknown`, and kept.
 */
export function parseRecord(bytes: Buffer): SelRecord {
  if (bytes.length !== recordBytes) return { kind: 'unknown', time: none, data: bytes };
  const type = bytes.readUInt8(2);
  if (type >= 0xe0) return { kind: 'oem-untimed', time: none, data: bytes.subarray(3) };
  const time = statedTime(bytes.readUInt32LE(3));
  if (type >= 0xc0)
    return { kind: 'oem', time, manufacturer: bytes.readUIntLE(7, 3), data: bytes.subarray(10) };
  // What type 0x02 is later versions may lay out in another way, but their first field has been a time so far.
  if (type !== 0x02) return { kind: 'unknown', time, data: bytes.subarray(7) };
  const event = bytes.readUInt8(12);
  return {
    kind: 'system',
    time,
    generator: bytes.readUInt16LE(7),
    sensorType: bytes.readUInt8(10),
    sensorNumber: bytes.readUInt8(11),
    eventType: event & 0x7f,
    isAsserted: (event & 0x80) === 0,
    data: bytes.subarray(13),
  };
}
