import { pino } from 'pino';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Incident } from '#shared/model/index.ts';
import type { Library } from '#shared/runbooks/library.ts';
import type { RunbookHit } from '#shared/runbooks/port.ts';
import { runbookQuery } from '../context/known.ts';
import { Patience } from '../context/patience.ts';
import { machineTypes, surroundingsOf } from '../context/surroundings.ts';
import type { Gathered, Neighbour } from '../reason/context.ts';
import { Neighbours } from '../reason/neighbours.ts';
import { recordsOf } from './records.ts';
import type { Scenario } from './scenario.ts';
import { storeOf } from './stored-lines.ts';

/** How much of the store an incident is shown, as `config.reasoning` has it. */
interface Window {
  readonly surroundingLines: number;
  readonly surroundingMinutes: number;
}

/** A store in memory has no reason to fail. */
const patience = new Patience({ logger: pino({ level: 'silent' }) });

/**
 * What the model is told beside the incident: of the scenario's lines those that the product would find around it in the store;
 * the inventory and past findings that the scenario names; the runbooks that it names, or that the product finds by words.
 *
 * @throws LogpatrolError `invalid-config` where it names a runbook that is not there
 */
export async function gatheredFor(
  scenario: Scenario,
  incident: Incident,
  { window, runbooks }: { readonly window: Window; readonly runbooks: Library },
  signal: AbortSignal,
): Promise<Gathered> {
  const at = Date.parse(scenario.at);
  const store = storeOf(recordsOf([...scenario.logs, ...scenario.surroundings], at), at);
  const options = { lines: window.surroundingLines, minutes: window.surroundingMinutes, machineTypes };
  return {
    surroundings: await surroundingsOf(incident, store, patience, options, signal),
    assets: scenario.assets,
    machines: [],
    runbooks: runbooksFor(scenario, incident, runbooks),
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

function runbooksFor(scenario: Scenario, incident: Incident, library: Library): RunbookHit[] {
  if (scenario.runbooks === 'search') return library.find(runbookQuery(incident));
  return scenario.runbooks.flatMap((named) => {
    if (typeof named !== 'string') return [hit({ ...named, path: `${named.name}.md`, line: 1 })];
    const runbook = library.runbooks.find(({ name }) => name === named);
    if (runbook === undefined)
      throw new LogpatrolError('invalid-config', `scenario ${scenario.name}: there is no runbook ${named}`);
    const { name, title, path, sections } = runbook;
    return sections.map(({ heading, text, line }) =>
      hit({ name, title, section: heading, path, line, text }),
    );
  });
}

function hit(of: Pick<RunbookHit, 'name' | 'title' | 'section' | 'path' | 'line' | 'text'>): RunbookHit {
  return { ...of, foundBy: 'search', score: 1, terms: [] };
}
