import { type Config, ConfigSchema } from '#shared/config/index.ts';
import { type ActionSignal, type Clear, type Hit, Incident, type Threshold } from '#shared/model/index.ts';
import { sampleHit, sampleTime } from '#test/samples/hit.ts';
import { SliceCounts } from '../../detect/slices.ts';
import type { ActionOutcome } from '../actions.ts';
import { Correlator } from '../correlator.ts';
import type { Surroundings } from '../surroundings.ts';

/** One line of a failure; `at` in milliseconds after the sample time. */
export interface FailingLine {
  readonly at: number;
  readonly host: string;
  /** What the threshold counts by, where that is not the host. */
  readonly key?: string;
}

/** A hit of these lines, as detection makes it of one batch. */
export function hitOf(lines: readonly FailingLine[], changes: Partial<Hit> = {}): Hit {
  const { threshold } = changes;
  const slices = threshold && new SliceCounts(threshold);
  const hosts = new Map<string, { count: number; lastSeen: number }>();
  for (const { at, host, key } of lines) {
    slices?.add(sampleTime + at, keyOf(threshold, host, key));
    const known = hosts.get(host);
    hosts.set(host, { count: (known?.count ?? 0) + 1, lastSeen: Math.max(known?.lastSeen ?? at, at) });
  }
  const moments = lines.map(({ at }) => at);
  const last = Math.max(...moments);
  return sampleHit({
    count: lines.length,
    hosts: [...hosts].map(([name, { count, lastSeen }]) => ({ name, count, lastSeen: iso(lastSeen) })),
    firstSeen: iso(Math.min(...moments)),
    lastSeen: iso(last),
    arrivedAt: iso(last),
    exemplars: lines
      .slice(0, 3)
      .map(({ at, host }) => ({ id: `${host}-${at}`, timestamp: iso(at), host, text: 'bad', before: [] })),
    ...(slices && { slices: slices.list() }),
    ...changes,
  });
}

/** The hosts' word that they are well, each at a moment after the sample time. */
export function clearOf(
  purpose: Clear['purpose'],
  hosts: Readonly<Record<string, number>>,
  changes: Partial<Clear> = {},
): Clear {
  const last = Math.max(0, ...Object.values(hosts));
  const hit = sampleHit();
  return {
    kind: 'clear',
    id: `clear-${last}`,
    domain: hit.domain,
    rule: hit.rule,
    purpose,
    service: hit.service,
    type: hit.type,
    hosts: Object.entries(hosts).map(([name, at]) => ({ name, lastSeen: iso(at) })),
    arrivedAt: iso(last),
    exemplar: {
      id: `well-${last}`,
      timestamp: iso(last),
      host: Object.keys(hosts)[0] ?? '',
      text: 'well',
      before: [],
    },
    ...changes,
  };
}

/** What a person does; `at` in milliseconds after the sample time. */
export function actionOf(
  action: ActionSignal['action'],
  at: number,
  changes: Partial<ActionSignal> & { incidentId: string },
): ActionSignal {
  const by = { id: 'wang', name: '王芳' };
  const { domain } = sampleHit();
  return { kind: 'action', id: `${action}-${at}`, domain, action, by, at: iso(at), ...changes };
}

/** A correlator with its clock, in milliseconds after the sample time, and what it has published. */
export class Subject {
  readonly #options: ConstructorParameters<typeof Correlator>[0];
  #correlator: Correlator;
  /** The newest state of each incident that has been published and not forgotten. */
  readonly published = new Map<string, Incident>();
  now = 0;

  constructor(
    changes: Partial<Config['incidents']> = {},
    surroundings: Surroundings = {},
    maxBytes?: number,
  ) {
    this.#options = {
      incidents: { ...ConfigSchema.parse({}).incidents, ...changes },
      language: 'en',
      domain: 'default',
      partition: 0,
      ...surroundings,
      ...(maxBytes !== undefined && { maxBytes }),
    };
    this.#correlator = new Correlator(this.#options);
  }

  get size() {
    return this.#correlator.size();
  }

  fold(hit: Hit): boolean {
    return this.#correlator.fold(hit, sampleTime + this.now);
  }

  clear(clear: Clear): boolean {
    return this.#correlator.clear(clear);
  }

  act(action: ActionSignal): ActionOutcome {
    return this.#correlator.act(action, sampleTime + this.now);
  }

  /** Ticks once a second up to the moment. */
  tickTo(moment: number, caughtUp = true): void {
    while (this.now + 1000 <= moment) {
      this.now += 1000;
      this.#correlator.tick(sampleTime + this.now, caughtUp);
    }
  }

  decide(): void {
    this.#correlator.decide(sampleTime + this.now);
  }

  /** Publishes what was touched, and gives it. */
  publish(): Incident[] {
    const taken = this.#correlator
      .take(sampleTime + this.now)
      .map((incident) => Incident.parse(JSON.parse(JSON.stringify(incident))));
    for (const incident of taken) this.published.set(incident.id, incident);
    for (const id of this.#correlator.takeForgotten()) this.published.delete(id);
    return taken;
  }

  /** A successor takes over from what is published. */
  takeOver(): void {
    this.publish();
    this.#correlator = new Correlator(this.#options);
    for (const incident of this.published.values()) this.#correlator.restore(incident);
  }

  /** Every incident as it is now, in the order of their fingerprints. */
  get incidents(): Incident[] {
    return this.#correlator
      .incidents(sampleTime + this.now)
      .map((incident) => Incident.parse(JSON.parse(JSON.stringify(incident))))
      .sort((a, b) => a.fingerprint.localeCompare(b.fingerprint));
  }

  get only(): Incident {
    const [incident, ...others] = this.incidents;
    if (incident === undefined || others.length > 0) throw new Error(`${others.length + 1} incidents`);
    return incident;
  }
}

function keyOf(threshold: Threshold | undefined, host: string, key: string | undefined): string {
  if (threshold?.by === undefined) return '';
  return threshold.by === 'host' ? host : (key ?? '');
}

/** The moment after the sample time as it is written. */
export function iso(moment: number): string {
  return new Date(sampleTime + moment).toISOString();
}
