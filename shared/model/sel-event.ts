import { z } from 'zod';
import { Severity } from './severity.ts';
import { Timestamp } from './timestamp.ts';

/**
 * How an event is to be read, by its event/reading type (IPMI 2.0, table 42-1): `threshold` 0x01, `digital` the generic ones
 * 0x02–0x0C, `sensor-specific` 0x6F, `oem` 0x70–0x7F and OEM records, `unknown` what the specification keeps free. `log`: told by
 * the shipper of the event log itself.
 */
export const SelEventClass = z.enum(['threshold', 'digital', 'sensor-specific', 'oem', 'unknown', 'log']);
export type SelEventClass = z.infer<typeof SelEventClass>;

/** How full a BMC's event log is: below 80%, from there on, from 95% on, or it has refused records. */
export const SelFill = z.enum(['room', 'filling', 'almost-full', 'overflow']);
export type SelFill = z.infer<typeof SelFill>;

/** What the shipper tells of a BMC's event log: it was emptied, or how full it has become. */
export const SelLogState = z.enum(['cleared', ...SelFill.options]);
export type SelLogState = z.infer<typeof SelLogState>;

/**
 * Where the time of an event is from: `bmc`: its clock, corrected by its offset; `uptime`: counted from the BMC's start, whose
 * clock was not set; `order`: from the records around it, for it states none or an impossible one; `read`: when it was read.
 */
export const SelTimeSource = z.enum(['bmc', 'uptime', 'order', 'read']);
export type SelTimeSource = z.infer<typeof SelTimeSource>;

/** Hexadecimal, lower case. */
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);

/** One event of a BMC's system event log on `logs.ipmi`: an ECS document, dataset `ipmi.sel`. Key: the host. Texts are hostile. */
export const SelEvent = z.object({
  '@timestamp': Timestamp,
  /** A line as `ipmitool sel elist` prints it, with the corrected time in UTC. */
  message: z.string(),
  log: z.object({ level: Severity }),
  event: z.object({
    /** Deterministic: server, generation, record id, stated time and bytes. */
    id: z.string(),
    module: z.literal('ipmi'),
    dataset: z.literal('ipmi.sel'),
    kind: z.literal('event'),
    /** As syslog numbers them: critical 2, warning 4, info 6. */
    severity: z.number().int(),
    action: z.enum(['assert', 'deassert']),
    /** The record in hexadecimal; absent where the shipper tells it. */
    original: hex.optional(),
    /** When it was read. */
    created: Timestamp,
  }),
  host: z.object({ name: z.string() }),
  observer: z.object({
    name: z.string(),
    ip: z.string().optional(),
    hostname: z.string().optional(),
    type: z.literal('bmc'),
  }),
  service: z.object({ name: z.literal('hardware') }),
  ecs: z.object({ version: z.string() }),
  ipmi: z.object({
    /** Absent where the shipper tells it, and so are the record's type and bytes. */
    record_id: z.number().int().min(0).max(0xffff).optional(),
    record_type: z.number().int().min(0).max(255).optional(),
    generation: z.number().int().nonnegative(),
    raw: hex.optional(),
    /** Absent in OEM records. */
    sensor: z
      .object({
        /** By the BMC's list of sensors; `#0x1f` where it names none. */
        name: z.string(),
        number: z.number().int().min(0).max(255),
        /** In the words of ipmitool, such as `Power Supply`. */
        type: z.string(),
        type_code: z.number().int().min(0).max(255),
        entity: z.string().optional(),
      })
      .optional(),
    event: z.object({
      direction: z.enum(['asserted', 'deasserted']),
      /** Event/reading type and offset; absent in OEM records and where the shipper tells it. */
      type_code: z.number().int().min(0).max(127).optional(),
      offset: z.number().int().min(0).max(15).optional(),
      /** In the words of ipmitool, such as `Upper Critical going high`. */
      description: z.string(),
      class: SelEventClass,
      /** The three bytes of event data. */
      data: hex.optional(),
      /** Which part of several it is about, where the record tells it: `DIMM 3`, `Processor 1`, `PCI 00:1c.0`. */
      part: z.string().optional(),
      /** What else the event data say in words. */
      detail: z.string().optional(),
      /** Of class `log` only. */
      log: SelLogState.optional(),
    }),
    /** Of threshold events: what was read and which limit it passed, in `unit`. */
    reading: z
      .object({
        value: z.number().optional(),
        threshold: z.number().optional(),
        unit: z.string().optional(),
      })
      .optional(),
    /** Of OEM records: IANA enterprise number, where the record has one, and what follows. */
    oem: z.object({ manufacturer: z.number().int().optional(), data: hex }).optional(),
    /** Of class `log` only. */
    log: z
      .object({
        entries: z.number().int().nonnegative(),
        percent_used: z.number().optional(),
        overflow: z.boolean(),
      })
      .optional(),
    time: z.object({
      /** As the BMC stated it; absent where it stated none, or counted from its start. */
      bmc: Timestamp.optional(),
      /** The BMC's clock minus ours, which was taken off: 0 where it is below 2 s. */
      offset_ms: z.number().int(),
      /** Written before the BMC's clock was set (IPMI 2.0, section 37.1). */
      preinit: z.boolean(),
      source: SelTimeSource,
    }),
    /** By the tables of the IPMI 2.0 specification; of a deassertion that of what has ended is `info`. */
    severity: Severity,
  }),
});
export type SelEvent = z.infer<typeof SelEvent>;
