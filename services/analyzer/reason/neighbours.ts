import { compareSeverity, type Incident, type RelatedIncident } from '#shared/model/index.ts';
import { normalHost, shortHost } from '#shared/text/host-name.ts';
import type { Neighbour } from './context.ts';
import { isHardware, isHardwareFault } from './hardware.ts';

/** Open incidents that are kept; beyond it those that were heard of longest ago go, hardware last. Some tens of megabytes. */
const defaultMaxIncidents = 5000;
/** Hosts of one that are looked at, the most affected first. */
const maxHosts = 50;
/** Neighbours of one that are told, and hosts of a neighbour that are named. */
const maxNeighbours = 20;
const maxNamedHosts = 5;
/** On one host, or of one service, so many are weighed, the latest; in a storm they are all alike. */
const maxWeighed = 200;

interface Entry {
  readonly neighbour: Neighbour;
  /** It may be what applications on its hosts fail of. */
  readonly isFault: boolean;
  readonly hosts: readonly string[];
  readonly normalHosts: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly firstSeen: number;
}

/**
 * The incidents that are open now, by host and service, as reason reads them from `incidents`: which others stand beside one, and
 * which hardware fault lies below it. Incidents that nobody wants to hear of (called no problem) are no neighbours.
 */
export class Neighbours {
  readonly #maxIncidents: number;
  /** In the order in which they were last heard of. */
  readonly #hardware = new Map<string, Entry>();
  readonly #others = new Map<string, Entry>();
  /** Ids by short name; apart, for what lies below an incident is asked far more often than what stands beside it. */
  readonly #hardwareByHost: Index = new Map();
  readonly #othersByHost: Index = new Map();
  readonly #byService: Index = new Map();

  constructor(maxIncidents = defaultMaxIncidents) {
    this.#maxIncidents = maxIncidents;
  }

  /** Puts the newest state in the place of the one before it; what is not open leaves. */
  take(incident: Incident): void {
    this.end(incident.id);
    const { state } = incident;
    if (state === 'pending' || state === 'resolved' || incident.muted?.kind === 'feedback') return;
    const entry = entryOf(incident);
    const { isHardware, service, id } = entry.neighbour;
    (isHardware ? this.#hardware : this.#others).set(id, entry);
    const byHost = isHardware ? this.#hardwareByHost : this.#othersByHost;
    for (const host of new Set(entry.hosts.map(shortHost))) put(byHost, host, id);
    put(this.#byService, service, id);
    while (this.size > this.#maxIncidents) this.#dropOldest();
  }

  /** The incident is over. */
  end(id: string): void {
    const entry = this.#entry(id);
    if (entry === undefined) return;
    this.#hardware.delete(id);
    this.#others.delete(id);
    const byHost = entry.neighbour.isHardware ? this.#hardwareByHost : this.#othersByHost;
    for (const host of new Set(entry.hosts.map(shortHost))) remove(byHost, host, id);
    remove(this.#byService, entry.neighbour.service, id);
  }

  /** Incidents that are kept. */
  get size(): number {
    return this.#hardware.size + this.#others.size;
  }

  /**
   * Others that are open on one of its hosts or in its service, the most telling first: hardware before the rest, what shares a
   * host before what does not, then the more severe, then the later. Their hosts begin with those that are shared.
   */
  of(incident: Incident): Neighbour[] {
    const onHosts = [this.#hardwareByHost, this.#othersByHost].flatMap((index) =>
      this.#onHostsOf(incident, index),
    );
    const found = new Map<string, Found>(onHosts.map((each) => [each.entry.neighbour.id, each]));
    for (const id of latest(this.#byService.get(incident.service))) {
      const entry = this.#entry(id);
      if (entry !== undefined && id !== incident.id && !found.has(id)) found.set(id, { entry, shared: [] });
    }
    return [...found.values()]
      .sort(byTelling)
      .slice(0, maxNeighbours)
      .map(({ entry, shared }) => ({
        ...entry.neighbour,
        hosts: [...new Set([...shared, ...entry.hosts])].slice(0, maxNamedHosts),
      }));
  }

  /** The hardware fault that is open on one of its hosts, the most severe of several; none for what is hardware itself. */
  hardwareOf(incident: Incident): RelatedIncident | undefined {
    if (this.#hardware.size === 0 || isHardware(incident)) return undefined;
    const [worst] = this.#onHostsOf(incident, this.#hardwareByHost)
      .filter(({ entry }) => entry.isFault)
      .sort(byTelling);
    if (worst === undefined) return undefined;
    const { id, service, title } = worst.entry.neighbour;
    return { id, service, title };
  }

  #onHostsOf(incident: Incident, index: Index): Found[] {
    const found = new Map<string, Found & { shared: string[] }>();
    for (const { name } of incident.hosts.slice(0, maxHosts)) {
      if (name === '') continue;
      const [normal, short] = [normalHost(name), shortHost(name)];
      for (const id of latest(index.get(short))) {
        const entry = this.#entry(id);
        if (entry === undefined || id === incident.id) continue;
        // `db-1` of two sites is two hosts; without a site it is either.
        const { normalHosts } = entry;
        if (normal !== short && !normalHosts.has(normal) && !normalHosts.has(short)) continue;
        const known = found.get(id);
        if (known === undefined) found.set(id, { entry, shared: [name] });
        else known.shared.push(name);
      }
    }
    return [...found.values()];
  }

  #entry(id: string): Entry | undefined {
    return this.#hardware.get(id) ?? this.#others.get(id);
  }

  #dropOldest(): void {
    const [oldest] = this.#others.size > 0 ? this.#others.keys() : this.#hardware.keys();
    if (oldest !== undefined) this.end(oldest);
  }
}

type Index = Map<string, Set<string>>;

interface Found {
  readonly entry: Entry;
  /** Hosts that both have, by the names of the one that was asked about. */
  readonly shared: readonly string[];
}

function entryOf(incident: Incident): Entry {
  const { id, service, title, severity, firstSeen } = incident;
  const hosts = incident.hosts
    .slice(0, maxHosts)
    .map(({ name }) => name)
    .filter((name) => name !== '');
  return {
    hosts,
    normalHosts: new Set(hosts.map(normalHost)),
    firstSeen: Date.parse(firstSeen),
    isFault: isHardwareFault(incident),
    neighbour: { id, service, title, severity, hosts: [], firstSeen, isHardware: isHardware(incident) },
  };
}

function byTelling(a: Found, b: Found): number {
  const [one, other] = [a.entry.neighbour, b.entry.neighbour];
  return (
    Number(other.isHardware) - Number(one.isHardware) ||
    Number(b.shared.length > 0) - Number(a.shared.length > 0) ||
    compareSeverity(other.severity, one.severity) ||
    b.entry.firstSeen - a.entry.firstSeen ||
    (one.id < other.id ? -1 : 1)
  );
}

function latest(ids: ReadonlySet<string> | undefined): string[] {
  return ids === undefined ? [] : [...ids].slice(-maxWeighed);
}

function put(index: Index, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function remove(index: Index, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
