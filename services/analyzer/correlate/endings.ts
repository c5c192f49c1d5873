import type { Clear, Exemplar } from '#shared/model/index.ts';
import { type HostClear, RecentClears } from './clears.ts';
import type { IncidentRecord } from './incident-record.ts';
import type { Lines } from './lines.ts';

/** Resolves incidents by lines that say that they are over, in whatever order these and the failures are read. */
export class Endings {
  readonly #recent = new RecentClears();

  remember(clear: Clear): void {
    this.#recent.remember(clear);
  }

  /** Moments of event time at which the host has excused its lines, as far as they are remembered. */
  excusesOf(record: IncidentRecord, host: string): number[] {
    return this.#recent.of(subjectOf(record), 'unless', host).map(({ at }) => at);
  }

  /** True where it was resolved by a line or a person after all of these: they came late, and open nothing. */
  isOver(record: IncidentRecord, { count, hosts, lastSeen }: Lines): boolean {
    if (record.state !== 'resolved') return false;
    if (record.resolvedBy === 'person' && lastSeen < (record.resolvedAt ?? lastSeen)) return true;
    if (hosts.length === 0) return false;
    // Of hosts that are not named nobody knows whether they are well.
    if (hosts.reduce((named, host) => named + host.count, 0) < count) return false;
    return hosts.every(({ name, lastSeen }) => {
      const at = record.evidence.hosts.clearedAt(name) ?? this.#last(record, name)?.at;
      return at !== undefined && at > lastSeen;
    });
  }

  /** True where the line says something of the incident that was not known. */
  resolve(record: IncidentRecord, clear: Clear): boolean {
    const { hosts } = record.evidence;
    const at = Date.parse(clear.arrivedAt);
    // What names no host is said of the whole failure, by who has seen all of it in order.
    if (clear.hosts.length === 0) return end(record, clear.exemplar, at);
    let heard = false;
    for (const { name, lastSeen } of clear.hosts) heard = hosts.clear(name, Date.parse(lastSeen)) || heard;
    if (heard) record.touch(false);
    if (heard && hosts.areAllClear) end(record, clear.exemplar, at);
    return heard;
  }

  /** Hears the lines that ended a failure before it was read. */
  heed(record: IncidentRecord): void {
    if (!record.isOpen) return;
    const { hosts, lastArrivedAt } = record.evidence;
    let newest: HostClear | undefined;
    for (const name of hosts.names) {
      const clear = this.#last(record, name);
      if (clear !== undefined && hosts.clear(name, clear.at)) newest = clear;
    }
    if (newest !== undefined && hosts.areAllClear) end(record, newest.line, lastArrivedAt);
  }

  #last(record: IncidentRecord, host: string): HostClear | undefined {
    return this.#recent.lastOf(subjectOf(record), 'resolved-by', host);
  }
}

/** One that is flapping is held open. */
function end(record: IncidentRecord, line: Exemplar, at: number): boolean {
  if (!record.isOpen || record.isFlapping) return false;
  record.resolve('line', at, line);
  return true;
}

function subjectOf({ description, service }: IncidentRecord) {
  return { rule: description.rule, captures: description.captures, service };
}
