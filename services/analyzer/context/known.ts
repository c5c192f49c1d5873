import { LRUCache } from 'lru-cache';
import type { Assets } from '#shared/assets/index.ts';
import { type Incident, isDrill } from '#shared/model/index.ts';
import { firstSteps } from '#shared/runbooks/index.ts';
import type { Runbook, RunbookHit, RunbookQuery, Runbooks } from '#shared/runbooks/port.ts';
import { exceptionHead } from '#shared/text/exception-head.ts';
import { mask } from '../detect/mask.ts';
import type { MachineBoard } from '../machines/index.ts';
import type { Known } from '../reason/context.ts';
import { firstLine } from './likeness.ts';

/** Sections that stand on a finding, and searches that are remembered. */
const maxRunbooks = 5;
const maxSearches = 2000;
/** Lines of a stack trace that are looked at for what it was caused by. */
const maxLines = 400;
/** Hosts of an incident that the inventory is asked about, the most affected first. */
const maxAssets = 3;

/**
 * Time that searches may take, of each second, in milliseconds: some take several, and a storm brings a thousand incidents at once,
 * whose findings must not wait for them.
 */
const searchMsPerSecond = 100;

export interface KnownOptions {
  readonly runbooks: Pick<Runbooks, 'all' | 'find'>;
  readonly assets?: Pick<Assets, 'lookup'> | undefined;
  readonly machines?: Pick<MachineBoard, 'of'> | undefined;
  /** Milliseconds, from any moment on. */
  readonly clock?: () => number;
}

/**
 * What is known of incidents at once. Runbooks are searched once for all incidents that read alike, so that a storm of a thousand
 * is not a thousand searches, and again when the runbooks have changed. Where searching has taken too much of the last second, it is put off
 * to the next time that the incident is told; until then it has the runbook that its rule names.
 */
export function knownOf({
  runbooks,
  assets,
  machines,
  clock = () => performance.now(),
}: KnownOptions): (incident: Incident) => Known {
  const searches = new LRUCache<string, RunbookHit[]>({ max: maxSearches });
  let searched = runbooks.all();
  let spentMs = 0;
  let spentAt = clock();
  const sectionsFor = (incident: Incident): RunbookHit[] => {
    const all = runbooks.all();
    if (all !== searched) searches.clear();
    searched = all;
    const query = runbookQuery(incident);
    // Where the rule names a runbook the line makes little difference, and else only what does not vary in it.
    const line = query.named === undefined ? mask(query.text) : incident.title;
    const key = JSON.stringify([query.named, query.rule, query.service, line]);
    const known = searches.get(key);
    if (known !== undefined) return known;
    const started = clock();
    spentMs = Math.max(0, spentMs - ((started - spentAt) / 1000) * searchMsPerSecond);
    spentAt = started;
    if (spentMs >= searchMsPerSecond) return named(all, query.named);
    const found = runbooks.find(query);
    spentMs += clock() - started;
    searches.set(key, found);
    return found;
  };
  return (incident) =>
    isDrill(incident)
      ? nothingKnown
      : {
          runbooks: sectionsFor(incident),
          assets: topHosts(incident).flatMap((host) => assets?.lookup(host) ?? []),
          machines: machines?.of(topHosts(incident), incident.captures?.sensor) ?? [],
        };
}

/** Of a drill: nothing is wrong, so that any runbook would be the wrong one. */
const nothingKnown: Known = { runbooks: [], assets: [], machines: [] };

/** The sections of the runbook that the rule names, in their order. */
function named(all: readonly Runbook[], name: string | undefined): RunbookHit[] {
  const runbook = name === undefined ? undefined : all.find((each) => each.name === name);
  if (runbook === undefined) return [];
  const { title, path } = runbook;
  const steps = firstSteps(runbook);
  return runbook.sections.slice(0, maxRunbooks).map(({ heading: section, text, line }) => ({
    ...{ name: runbook.name, title, path, section, text, line, terms: [] },
    ...{ foundBy: 'rule', score: 0 },
    ...(steps.length > 0 && { steps: [...steps] }),
  }));
}

export function topHosts({ hosts }: Incident): string[] {
  return hosts
    .map(({ name }) => name)
    .filter((name) => name !== '')
    .slice(0, maxAssets);
}

/** What runbooks are looked for with: the title, the first line, and what exceptions it names. */
export function runbookQuery(incident: Incident): RunbookQuery {
  const { title, rule, service, runbook: named, captures, template } = incident;
  const text = incident.exemplars[0]?.text ?? '';
  const heads = text
    .split('\n', maxLines)
    .flatMap((line) => exceptionHead(line.replace(/^\s*Caused by: /, '')) ?? []);
  const words = [title, captures?.exception, ...heads.slice(-2), firstLine(text), template?.text];
  return { text: words.filter(Boolean).join('\n'), named, rule, service, limit: maxRunbooks };
}
