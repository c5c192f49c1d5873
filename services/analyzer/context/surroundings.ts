import type { Exemplar, Incident } from '#shared/model/index.ts';
import type { LogQuery, StoredLog } from '#shared/store/port.ts';
import type { SurroundingLine } from '../reason/context.ts';
import type { Patience } from './patience.ts';
import type { ContextStore } from './store-queue.ts';

export interface SurroundingsOptions {
  /** Lines in all; 0 for none. */
  readonly lines: number;
  /** How far before the first line. */
  readonly minutes: number;
  /** Log types of the machine itself, as far as there are any: the kernel's and the BMC's. */
  readonly machineTypes: readonly string[];
}

/** Types whose lines speak of the machine below the services, by the names that they have in routes. */
export const machineTypes: readonly string[] = [
  'syslog',
  'ipmi',
  'kernel',
  'kern',
  'journal',
  'journald',
  'messages',
];

/** Of the lines, at most so many come from after the first line, from the machine's own logs, and from other services. */
const afterShare = 0.2;
const machineShare = 0.2;
const othersShare = 0.15;
/** How far after the first line, and how far before it other services on its host are looked at. */
const afterMs = 15_000;
const othersMs = 60_000;
/** How far clocks differ: no line is stored longer before the time that it states. */
const clocksMs = 3_600_000;
/** What answers one question, in bytes, and characters of a line that are kept. */
const maxBytes = 4 * 1024 * 1024;
const maxLine = 4000;

const none: StoredLog[] = [];

/**
 * The lines around an incident's first one (its newest reopening's), oldest first: those of its service and host before it and a
 * little after; and, since a machine's failure shows in its services' logs, those of the machine and of other services on the host
 * right before. What the store has not got yet is not there. Lines that the exemplars hold already are left out.
 *
 * An incident's times and service are those that its lines state; the store may have other ones for the same lines (when the shipper
 * read them, the name of their file). So its own line is looked up first, and the others around that.
 */
export async function surroundingsOf(
  incident: Incident,
  store: ContextStore,
  patience: Patience,
  { lines, minutes, machineTypes }: SurroundingsOptions,
  signal: AbortSignal,
): Promise<SurroundingLine[]> {
  if (lines === 0) return [];
  const { exemplar, ...stated } = anchorOf(incident);
  if (Number.isNaN(stated.at)) return [];
  const ask = (source: 'lines' | 'host-lines', query: LogQuery): Promise<StoredLog[]> =>
    patience.within(source, signal, none, (until) => store.searchLogs({ ...query, maxBytes, signal: until }));
  const [stored] =
    exemplar === undefined
      ? none
      : await ask('lines', { id: exemplar.id, from: Date.parse(exemplar.timestamp) - clocksMs, limit: 1 });
  const at = stated.at + lagOf(stored, exemplar);
  const host = stored?.host ?? stated.host;
  const service = stored?.service ?? incident.service;
  const onHost = host === '' ? {} : { host };
  const own = { ...onHost, ...(service !== '' && { service }) };
  const few = (share: number): number => Math.ceil(lines * share);
  const recent = { ...onHost, from: at - othersMs, to: at + 1, order: 'newest' } as const;

  const isPlaced = Object.keys(own).length > 0;
  const [before, after, others, ...machine] = await Promise.all([
    isPlaced ? ask('lines', { ...own, from: at - minutes * 60_000, to: at + 1, limit: lines }) : none,
    isPlaced
      ? ask('lines', { ...own, from: at + 1, to: at + afterMs, order: 'oldest', limit: few(afterShare) })
      : none,
    // The service's own lines are among them.
    host === '' ? none : ask('host-lines', { ...recent, limit: lines }),
    ...(host === '' ? [] : machineTypes).map((type) =>
      ask('host-lines', { ...recent, type, limit: few(machineShare) }),
    ),
  ]);

  const shown = new Set(incident.exemplars.flatMap(({ id, text, before: lead }) => [id, text, ...lead]));
  const chosen = new Map<string, Chosen>();
  /** From the nearest on; `direction` is which way they run from there. */
  const choose = (from: readonly StoredLog[], most: number, direction: 1 | -1): void => {
    let room = Math.min(most, lines - chosen.size);
    for (const [index, line] of from.entries()) {
      if (room <= 0) return;
      if (chosen.has(line.id) || shown.has(line.id) || shown.has(line.message)) continue;
      chosen.set(line.id, { line, order: direction * index });
      room -= 1;
    }
  };
  // Scarce ones first; what they leave is the service's own.
  choose(byNearness(machine.flat(), at), few(machineShare), -1);
  choose(
    others.filter((other) => other.service !== service),
    few(othersShare),
    -1,
  );
  choose(after, few(afterShare), 1);
  choose(before, lines, -1);
  return [...chosen.values()]
    .sort(byTime)
    .map(({ line: { id, timestamp, host: name, service, message } }) => ({
      ...{ id, timestamp, host: name, service },
      text: message.length <= maxLine ? message : `${message.slice(0, maxLine)}…`,
    }));
}

interface Chosen {
  readonly line: StoredLog;
  /** Among those of one moment. */
  readonly order: number;
}

/** Where the first line stood, as far as is known: the exemplar nearest to that moment names the host. */
function anchorOf(incident: Incident): { at: number; host: string; exemplar: Exemplar | undefined } {
  const at = Date.parse(incident.reopenedAt?.at(-1) ?? incident.firstSeen);
  const [exemplar] = byNearness(incident.exemplars, at);
  return { at, host: exemplar?.host ?? incident.hosts[0]?.name ?? '', exemplar };
}

/** How much later than it states the store has a line, in milliseconds. */
function lagOf(stored: StoredLog | undefined, exemplar: Exemplar | undefined): number {
  const lag = Date.parse(stored?.timestamp ?? '') - Date.parse(exemplar?.timestamp ?? '');
  return Number.isNaN(lag) ? 0 : lag;
}

function byNearness<T extends { readonly timestamp: string }>(lines: readonly T[], at: number): T[] {
  const distance = ({ timestamp }: T): number => Math.abs(Date.parse(timestamp) - at);
  return lines.toSorted((a, b) => distance(a) - distance(b));
}

function byTime(a: Chosen, b: Chosen): number {
  return Date.parse(a.line.timestamp) - Date.parse(b.line.timestamp) || a.order - b.order;
}
