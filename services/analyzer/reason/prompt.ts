import type { Exemplar, Incident } from '#shared/model/index.ts';
import { instructions } from './instructions.ts';
import type { Language } from './language.ts';
import { cutToTokens, estimateTokens } from './tokens.ts';
import { fence, neutralise, neutraliseLine } from './untrusted.ts';

/** Fences, labels, the chat template's own tokens, and what an estimate may be off. */
const overheadTokens = 300;
/** Of what is left after the facts: for the exemplars' lines, and then for the runbook. The lines before get the rest. */
const exemplarShare = 0.5;
const runbookShare = 0.3;

export interface PromptOptions {
  readonly language: Language;
  /** Tokens for system prompt and prompt together. */
  readonly budgetTokens: number;
  /** The team's own text on this failure, where there is one. */
  readonly runbook?: string | undefined;
  /** Ask for a shorter answer. */
  readonly brief?: boolean;
}

export interface Prompt {
  readonly system: string;
  readonly prompt: string;
  /** Label that a line has in the prompt → id of the exemplar. */
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * What the model is told of an incident: facts, the lines, the lines before them, and the runbook; all from logs neutralised
 * and fenced, all within the budget. The most telling goes in first, so a small window loses the least.
 */
export function buildPrompt(incident: Incident, options: PromptOptions): Prompt {
  const say = instructions[options.language];
  const system = options.brief ? `${say.system}\n${say.brief}` : say.system;
  const facts = factsOf(incident);
  let room = options.budgetTokens - overheadTokens - estimateTokens(system) - estimateTokens(facts);

  const labelled = incident.exemplars.map((exemplar, index) => ({ label: `L${index + 1}`, exemplar }));
  const share = (room * exemplarShare) / Math.max(1, labelled.length);
  const lines = labelled.map(({ label, exemplar }) => ({
    label,
    exemplar,
    head: neutraliseLine(`${exemplar.timestamp} ${exemplar.host} ${exemplar.file ?? ''}`, 300),
    text: cutToTokens(neutralise(exemplar.text), share),
  }));
  for (const { head, text } of lines) room -= estimateTokens(head) + estimateTokens(text);

  const runbook =
    options.runbook === undefined ? '' : cutToTokens(neutralise(options.runbook), room * runbookShare);
  room -= estimateTokens(runbook);

  const beforeShare = room / Math.max(1, lines.length);
  const sections = lines.map(({ label, exemplar, head, text }) => {
    const before = nearestLines(exemplar, beforeShare);
    const context = before === '' ? '' : `${fence(`${label} BEFORE`, before)}\n`;
    return `${context}${fence(`${label} ${head}`, text)}`;
  });

  return {
    system,
    prompt: [
      `${say.facts}\n${fence('FACTS', facts)}`,
      `${say.lines}\n${sections.join('\n')}`,
      ...(runbook === '' ? [] : [`${say.runbook}\n${fence('RUNBOOK', runbook)}`]),
      say.question,
    ].join('\n\n'),
    labels: new Map(labelled.map(({ label, exemplar }) => [label, exemplar.id])),
  };
}

function factsOf(incident: Incident): string {
  const hosts = incident.hosts
    .slice(0, 10)
    .map((host) => `${neutraliseLine(host.name, 100)} (${host.count})`)
    .join(', ');
  const captures = Object.entries(incident.captures ?? {})
    .slice(0, 10)
    .map(([name, value]) => `${neutraliseLine(name, 40)}=${neutraliseLine(value, 100)}`)
    .join(', ');
  return [
    `title: ${neutraliseLine(incident.title, 200)}`,
    `rule: ${incident.rule}, severity ${incident.severity}`,
    `service: ${neutraliseLine(incident.service, 100)}, log type: ${incident.type}`,
    `lines: ${incident.count}, hosts: ${incident.hostCount}, most on: ${hosts}`,
    `first seen: ${incident.firstSeen}, last seen: ${incident.lastSeen}, opened ${incident.openings} time(s)`,
    ...(captures === '' ? [] : [`captured: ${captures}`]),
    ...(incident.detail === undefined ? [] : [`detail: ${neutraliseLine(incident.detail, 300)}`]),
  ].join('\n');
}

/** The lines that stood right before, as many as fit, oldest first. */
function nearestLines(exemplar: Exemplar, budget: number): string {
  const lines: string[] = [];
  let room = budget;
  for (const line of exemplar.before.toReversed()) {
    const safe = neutralise(line);
    room -= estimateTokens(safe) + 1;
    if (room < 0) break;
    lines.unshift(safe);
  }
  return lines.join('\n');
}
