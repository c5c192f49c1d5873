import { setTimeout as delay } from 'node:timers/promises';
import { SelEvent, type SelPosition } from '#shared/model/index.ts';
import type { Inspection, InspectRequest } from '../../inspect.ts';
import type { Bmc } from '../../inspection.ts';
import { sourceOf } from '../records.ts';

/** The `number`th event of a server's log. */
export function eventOf(bmc: Bmc, number: number): SelEvent {
  const at = '2026-11-20T10:00:00.000Z';
  return SelEvent.parse({
    '@timestamp': at,
    message: `${number} | a line`,
    log: { level: 'warning' },
    event: {
      id: `${bmc.name}-${number}`,
      module: 'ipmi',
      dataset: 'ipmi.sel',
      kind: 'event',
      severity: 4,
      action: 'assert',
      created: at,
    },
    host: { name: bmc.hostName },
    observer: { name: bmc.name, type: 'bmc' },
    service: { name: 'hardware' },
    ecs: { version: '8.17.0' },
    ipmi: {
      record_id: number,
      generation: 0,
      event: { direction: 'asserted', description: 'a line', class: 'oem' },
      time: { offset_ms: 0, preinit: false, source: 'read' },
      severity: 'warning',
    },
  });
}

/** Where the log of a server has been read to. */
export function positionOf(bmc: Bmc, recordId: number): SelPosition {
  return {
    source: sourceOf(bmc.name),
    recordId,
    entries: recordId,
    generation: 0,
    overflow: false,
    fill: 'room',
    known: '',
    unseen: '',
    walk: 'complete',
    isVerified: true,
    surplus: 0,
    updatedAt: new Date().toISOString(),
  };
}

/** BMCs whose logs have `length` events: each poll reads a few on from its position, and takes a moment. */
export class Logs {
  readonly #length: number;
  /** Polls under way now, and the most that there were, of one server and of all. */
  #now = new Map<string, number>();
  mostOfOne = 0;
  mostOfAll = 0;
  polls = 0;

  constructor(length: number) {
    this.#length = length;
  }

  readonly inspect = async ({ bmc, position, signal }: InspectRequest): Promise<Inspection> => {
    this.polls += 1;
    this.#count(bmc.name, 1);
    const at = Date.now();
    const from = position?.recordId ?? 0;
    await delay(5 + ((this.polls * 7) % 20), undefined, { signal }).catch(() => undefined); // ended: it tells nothing new
    this.#count(bmc.name, -1);
    const to = signal.aborted ? from : Math.min(from + 3, this.#length);
    return {
      bmc,
      at,
      tookMs: Date.now() - at,
      result: { outcome: 'ok', chassis: { power: 'on', faults: [] }, sensors: [] },
      events: Array.from({ length: to - from }, (_, index) => eventOf(bmc, from + index + 1)),
      position: to === from ? undefined : positionOf(bmc, to),
      notes: [],
    };
  };

  #count(server: string, change: number): void {
    this.#now.set(server, (this.#now.get(server) ?? 0) + change);
    this.mostOfOne = Math.max(this.mostOfOne, ...this.#now.values());
    const all = [...this.#now.values()].reduce((sum, count) => sum + count, 0);
    this.mostOfAll = Math.max(this.mostOfAll, all);
  }
}
