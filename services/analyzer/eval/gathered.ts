import type { BusRecord } from '#shared/bus/port.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Incident } from '#shared/model/index.ts';
import { reviewRunbooks } from '#shared/runbooks/load.ts';
import type { Runbook, RunbookHit } from '#shared/runbooks/port.ts';
import { logId } from '#shared/text/log-id.ts';
import { eventTime } from '../detect/event-time.ts';
import { contextExcerpt } from '../detect/hits.ts';
import { createLocalClock } from '../detect/local-clock.ts';
import { eventLine, parseEvent } from '../detect/log-line.ts';
import type { Gathered, Neighbour, SurroundingLine } from '../reason/context.ts';
import { Neighbours } from '../reason/neighbours.ts';
import { recordsOf } from './records.ts';
import type { Scenario } from './scenario.ts';

const minuteMs = 60_000;
const utc = createLocalClock('UTC');

/** How much of the store an incident is shown, as `config.reasoning` has it. */
export interface Window {
  readonly surroundingLines: number;
  readonly surroundingMinutes: number;
}

/**
 * What the model is told beside the incident: of the scenario's own lines those of its service and hosts and time, as the store
 * would give them; the further lines, inventory, runbooks and past findings that the scenario names.
 *
 * @throws LogpatrolError `invalid-config` where it names a runbook that is not there
 */
export function gatheredFor(
  scenario: Scenario,
  incident: Incident,
  records: ReadonlyMap<string, readonly BusRecord[]>,
  { window, runbooks }: { readonly window: Window; readonly runbooks: ReadonlyMap<string, Runbook> },
): Gathered {
  const hosts = new Set(incident.hosts.map(({ name }) => name));
  const from = Date.parse(incident.firstSeen) - window.surroundingMinutes * minuteMs;
  const at = Date.parse(scenario.at);
  const own = storedLines(records, at).filter(
    ({ host, service, timestamp }) =>
      hosts.has(host) && service === incident.service && Date.parse(timestamp) >= from,
  );
  // Of a service that is silent the last lines are from before.
  const further = storedLines(recordsOf(scenario.surroundings, at), at);
  const first = Date.parse(incident.firstSeen);
  const distance = ({ timestamp }: SurroundingLine) => Math.abs(Date.parse(timestamp) - first);
  return {
    surroundings: [...further, ...own]
      .sort((a, b) => distance(a) - distance(b))
      .slice(0, window.surroundingLines)
      .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0)),
    assets: scenario.assets,
    runbooks: scenario.runbooks.flatMap((named) =>
      typeof named === 'string'
        ? hitsOf(runbooks.get(named), named, scenario)
        : [hit({ ...named, path: `${named.name}.md`, line: 1 })],
    ),
    similar: scenario.similar.map((each, index) => ({ id: `eval-similar-${index + 1}`, ...each })),
  };
}

/** What else is open, as reason knows it: the scenario's other incidents, and those that it only names. */
export function neighboursFor(
  scenario: Scenario,
  incident: Incident,
  incidents: readonly Incident[],
): { readonly neighbours: readonly Neighbour[]; readonly hardware: ReturnType<Neighbours['hardwareOf']> } {
  const open = new Neighbours();
  for (const one of incidents) open.take(one);
  for (const [index, named] of scenario.neighbours.entries())
    open.take({
      ...incident,
      id: `eval-neighbour-${index + 1}`,
      state: 'open',
      title: named.title,
      service: named.service,
      severity: named.severity,
      hosts: named.hosts.map((name) => ({ name, count: 1 })),
      firstSeen: named.firstSeen,
      rule: named.hardware ? 'hardware.named' : 'generic.named',
      pack: named.hardware ? 'hardware' : 'generic',
      type: named.hardware ? 'ipmi' : 'app',
    });
  return { neighbours: open.of(incident), hardware: open.hardwareOf(incident) };
}

/** The shipped runbooks, by name. */
export async function shippedRunbooksByName(): Promise<Map<string, Runbook>> {
  const { runbooks } = await reviewRunbooks({ paths: [], shipped: true });
  return new Map(runbooks.map((runbook) => [runbook.name, runbook]));
}

function storedLines(records: ReadonlyMap<string, readonly BusRecord[]>, at: number): SurroundingLine[] {
  return [...records].flatMap(([type, ofType]) =>
    ofType.flatMap((record) => {
      const event = record.value === null ? undefined : parseEvent(record.value);
      if (event === undefined) return [];
      const line = eventLine(event, type, at, utc);
      const timestamp = new Date(eventTime(line.time, line.shipped, at)).toISOString();
      const { host, service } = line;
      return [{ id: logId(event, record), timestamp, host, service, text: contextExcerpt(line.text) }];
    }),
  );
}

function hitsOf(runbook: Runbook | undefined, name: string, scenario: Scenario): RunbookHit[] {
  if (runbook === undefined)
    throw new LogpatrolError('invalid-config', `scenario ${scenario.name}: there is no runbook ${name}`);
  const { title, path } = runbook;
  return runbook.sections.map(({ heading, text, line }) =>
    hit({ name, title, section: heading, path, line, text }),
  );
}

function hit(of: Pick<RunbookHit, 'name' | 'title' | 'section' | 'path' | 'line' | 'text'>): RunbookHit {
  return { ...of, foundBy: 'search', score: 1, terms: [] };
}
