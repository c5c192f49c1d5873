import { z } from 'zod';
import { Severity } from '#shared/model/index.ts';
import { components } from '../component.ts';
import { Mark } from './mark.ts';

const moment = z.number().int();
const Component = z.enum(components);

/** A line of the event log as it is kept. Its text is hostile. */
export const Line = z.object({ id: z.string(), at: moment, text: z.string() });
export type Line = z.infer<typeof Line>;

/** A state that has begun, or an event that has happened. */
export const Standing = z.object({
  /** As `meaning.ts` names it; unique in its sensor. */
  code: z.string(),
  rule: z.string(),
  severity: Severity,
  /** In the words of the specification. Hostile text, as far as an OEM's is. */
  words: z.string(),
  /** What was read and which limit it passed, in `unit`. */
  reading: z
    .object({ value: z.number().optional(), threshold: z.number().optional(), unit: z.string().optional() })
    .optional(),
  since: Mark,
  isMomentary: z.boolean(),
  /** How often it was asserted since it was over last; some BMCs never tell that something is over. */
  assertions: z.number().int().positive(),
  /** Assertions that nobody has been told of, the event times of the first and the last of them, and some as evidence. */
  untold: z
    .object({
      count: z.number().int().positive(),
      firstAt: moment,
      lastAt: moment,
      /** When the first of them arrived: what may take it back is waited for from then on. */
      firstArrivedAt: moment,
      lastArrivedAt: moment,
      lines: z.array(Line),
    })
    .optional(),
});
export type Standing = z.infer<typeof Standing>;

/** What may be one incident: the states of one family of one sensor. */
export const Fault = z.object({
  family: z.string(),
  standing: z.array(Standing),
  /** There is an incident: under which rule, and the event time of its last line. */
  told: z.object({ rule: z.string(), severity: Severity, lastSeen: moment, arrivedAt: moment }).optional(),
  /** When it was said last that it is over: what is told anew must be later. */
  clearedAt: moment.optional(),
  /** Event times of when it healed before anybody was told, the last few, oldest first. */
  heals: z.array(moment),
  /** Since it was told that it is flapping: when it has healed last, by arrival, and the newest moment told. */
  flapping: z.object({ lastArrivedAt: moment, lastSeen: moment, line: Line }).optional(),
  changedAt: moment,
});
export type Fault = z.infer<typeof Fault>;

/** One sensor of one BMC. */
export const Sensor = z.object({
  /** The BMC by its name in the list of servers, and the sensor's number and name there. Names are hostile text. */
  server: z.string(),
  number: z.number().int().optional(),
  name: z.string(),
  /** Which of several that the sensor speaks for, such as a memory module. */
  part: z.string().optional(),
  /** What findings name it by. */
  label: z.string(),
  component: Component,
  /** When each state was over last, for an end may be read before its beginning. */
  ended: z.array(z.object({ code: z.string(), mark: Mark })),
  faults: z.array(Fault),
});
export type Sensor = z.infer<typeof Sensor>;

/** Corrected errors of one memory module. */
export const Module = z.object({
  server: z.string(),
  label: z.string(),
  rule: z.string(),
  /** How many in which hour since the epoch, the last two days. */
  hours: z.array(z.tuple([z.number().int(), z.number().int().positive()])),
  /** How many on which day since the epoch, the last 30. */
  days: z.array(z.tuple([z.number().int(), z.number().int().positive()])),
  lastArrivedAt: moment,
  /** Event time of the first one ever; absent in a state of before this was kept. */
  firstAt: moment.optional(),
  /** By arrival: when it was told last that they are many, and that they become more. */
  toldManyAt: moment.optional(),
  toldRisingAt: moment.optional(),
  /** Errors since that nobody has been told of, and the last of them. */
  untold: z.number().int().nonnegative(),
  line: Line,
});
export type Module = z.infer<typeof Module>;

/** What is known of one machine by its event log, on the compacted topic `hardware.events`. Key: the host. */
export const HostEvents = z.object({
  host: z.string(),
  sensors: z.array(Sensor),
  modules: z.array(Module),
});
export type HostEvents = z.infer<typeof HostEvents>;
