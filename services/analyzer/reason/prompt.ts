import type { EvidenceLine, Exemplar, Incident, RunbookRef } from '#shared/model/index.ts';
import type { RunbookHit } from '#shared/runbooks/port.ts';
import { type AroundLine, linesAround } from './around.ts';
import { divide } from './budget.ts';
import type { Gathered, Neighbour } from './context.ts';
import { factsOf } from './facts.ts';
import { fencedBlocks, fencedList, fitted, labelTokens, nearest } from './fitting.ts';
import type { Given, Masker } from './given.ts';
import { instructions } from './instructions.ts';
import type { Language } from './language.ts';
import { machineLines } from './machine-lines.ts';
import { sectionsWithin, toldSections } from './manuals.ts';
import type { TokenEstimate } from './tokens.ts';
import { fence, neutralise, neutraliseLine } from './untrusted.ts';

/** The chat template's own tokens, and what joins the sections. */
const overheadTokens = 80;
/** The schema binds the answer; some servers show it to the model as well. Of the room, at most. */
const schemaShare = 0.1;
const schemaTokens = 600;
/** Below this the system prompt is the short one. */
const smallRoom = 4000;

export interface PromptOptions {
  readonly language: Language;
  /** Tokens for system prompt and prompt together, by the estimate. */
  readonly budgetTokens: number;
  readonly context: Gathered;
  readonly neighbours: readonly Neighbour[];
  readonly tokens: TokenEstimate;
  readonly masker: Masker;
  /** Ask for a shorter answer. */
  readonly brief?: boolean;
}

export interface Prompt {
  readonly system: string;
  readonly prompt: string;
  readonly given: Given;
}

/** A part of the prompt that can be made to fit. */
interface Section {
  readonly heading: string;
  readonly minimum: number;
  readonly share: number;
  /** Its text within so many tokens; '' where there is none, or no room for any. */
  within(budget: number): string;
}

/**
 * What the model is told of an incident: facts, its lines, what else is wrong, runbooks, the lines around, the inventory and what
 * was said before; all from outside masked, neutralised and fenced, and all within the budget. The same input makes the same
 * prompt. What is left out is said.
 */
export function buildPrompt(incident: Incident, options: PromptOptions): Prompt {
  const { language, budgetTokens, context, neighbours, tokens, masker } = options;
  const say = instructions[language];
  const mask = (text: string) => masker.mask(text);
  const line = (text: string, maxLength: number) => neutraliseLine(text, maxLength, mask);
  const block = (text: string) => neutralise(text, mask);
  const base = budgetTokens < smallRoom ? say.shortSystem : say.system;
  const system = options.brief ? `${base}\n${say.brief}` : base;

  const lines = new Map<string, EvidenceLine>();
  const runbooks = new Map<string, RunbookRef>();
  const itemsLeftOut = (count: number) => say.itemsLeftOut.replace('{n}', String(count));
  const linesLeftOut = (count: number) => say.linesLeftOut.replace('{n}', String(count));
  const list = (name: string, items: readonly string[], budget: number): string =>
    fencedList(name, items, budget, tokens, itemsLeftOut);

  const around = linesAround(incident.exemplars, context.surroundings);
  const aroundTexts = around.map((one) => `${line(aroundHead(one), 300)} | ${aroundText(one, line)}`);
  const facts = factsOf(incident, language, line);
  const exemplarTexts = incident.exemplars.map(({ text }) => block(text));
  const manuals = toldSections(context.runbooks);
  const manualTexts = manuals.map(({ text }) => block(text.trim()));

  const sections: readonly Section[] = [
    { heading: say.facts, minimum: 250, share: 0.1, within: (budget) => list('FACTS', facts, budget) },
    {
      heading: say.lines,
      minimum: 250,
      share: 0.3,
      within: (budget) => {
        lines.clear();
        return fencedBlocks(
          incident.exemplars,
          budget,
          (exemplar, index, room) => {
            const label = `L${index + 1}`;
            const head = `${label} ${line(`${exemplar.timestamp} ${exemplar.host} ${exemplar.file ?? ''}`, 200)}`;
            const text = fitted(head, exemplarTexts[index] ?? '', room, tokens, linesLeftOut);
            if (text !== '') lines.set(label, evidenceOf(exemplar, masker));
            return text;
          },
          tokens,
        );
      },
    },
    {
      heading: say.neighbours,
      minimum: 80,
      share: 0.05,
      within: (budget) =>
        list(
          'OTHERS',
          neighbours.map((one) => line(neighbourText(one), 300)),
          budget,
        ),
    },
    {
      heading: say.runbooks,
      minimum: 150,
      share: 0.2,
      within: (budget) => {
        runbooks.clear();
        return fencedBlocks(
          manuals.slice(0, sectionsWithin(budget)),
          budget,
          (hit, index, room) => {
            const label = `R${index + 1}`;
            const head = `${label} ${line(`${hit.title} › ${hit.section}`, 200)}`;
            const text = fitted(head, manualTexts[index] ?? '', room, tokens, linesLeftOut);
            if (text !== '') runbooks.set(label, refOf(hit));
            return text;
          },
          tokens,
        );
      },
    },
    {
      heading: say.around,
      minimum: 100,
      share: 0.25,
      within: (budget) => {
        const kept = nearest(
          around,
          aroundTexts,
          Date.parse(incident.firstSeen),
          budget,
          tokens,
          linesLeftOut,
        );
        const told: string[] = [];
        let missing = 0;
        let number = incident.exemplars.length;
        for (const [index, one] of around.entries()) {
          if (!kept.has(index)) {
            missing += 1;
            continue;
          }
          if (missing > 0) told.push(linesLeftOut(missing));
          missing = 0;
          number += 1;
          lines.set(`L${number}`, aroundEvidence(one, masker));
          told.push(`[L${number}] ${aroundTexts[index] ?? ''}`);
        }
        if (missing > 0 && told.length > 0) told.push(linesLeftOut(missing));
        return told.length === 0 ? '' : fence('AROUND', told.join('\n'));
      },
    },
    {
      heading: say.assets,
      minimum: 60,
      share: 0.05,
      within: (budget) =>
        list(
          'ASSETS',
          context.assets.map(({ host, owner, facts: known }) =>
            line(
              [
                host,
                ...(owner === undefined ? [] : [`owner=${owner}`]),
                ...Object.entries(known).map(([name, value]) => `${name}=${value}`),
              ].join(', '),
              400,
            ),
          ),
          budget,
        ),
    },
    {
      heading: say.machines,
      minimum: 80,
      share: 0.05,
      within: (budget) =>
        list(
          'SENSORS',
          machineLines(context.machines).map((text) => line(text, 300)),
          budget,
        ),
    },
    {
      heading: say.similar,
      minimum: 60,
      share: 0.05,
      within: (budget) =>
        list(
          'BEFORE',
          context.similar.map(({ lastSeen, title, cause, feedback }) =>
            line(
              [
                `${lastSeen} ${title}`,
                ...(cause ? [`cause: ${cause}`] : []),
                ...(feedback ? [`people: ${feedback}`] : []),
              ].join(' | '),
              500,
            ),
          ),
          budget,
        ),
    },
  ];

  const fixed = tokens.estimate(system) + tokens.estimate(say.question) + overheadTokens;
  const room = budgetTokens - fixed - Math.min(schemaTokens, Math.floor(budgetTokens * schemaShare));
  const headings = sections.map(({ heading }) => tokens.estimate(heading) + 4);
  const given = divide(
    room,
    sections.map(({ within, minimum, share }, index) => {
      const all = within(Number.POSITIVE_INFINITY);
      const head = headings[index] ?? 0;
      let wanted = all === '' ? 0 : tokens.estimate(all) + labelTokens * lines.size + head + 20;
      // What says that something is left out needs room too: all of it is told only where there is some to spare.
      while (wanted > 0 && wanted < room && within(wanted - head) !== all) wanted = Math.ceil(wanted * 1.2);
      return { wanted, minimum: minimum + head, share };
    }),
  );
  lines.clear();
  const texts = sections.map(({ heading, within }, index) => {
    const text = within((given[index] ?? 0) - (headings[index] ?? 0));
    return text === '' ? '' : `${heading}\n${text}`;
  });
  return {
    system,
    prompt: [...texts.filter((text) => text !== ''), say.question].join('\n\n'),
    given: { lines, runbooks },
  };
}

function aroundHead({ timestamp, host, service, count, until }: AroundLine): string {
  const row = count === 1 ? '' : ` (×${count}${until === undefined ? '' : ` – ${until}`})`;
  return `${[timestamp, host, service].filter((part) => part !== undefined && part !== '').join(' ')}${row}`;
}

/** Characters of a line, of which a row has its first and its last. */
const maxAround = 500;

/** Of a row its first line and its last: what grows on the way from one to the other is often the cause. */
function aroundText(
  { text, lastText }: AroundLine,
  line: (text: string, maxLength: number) => string,
): string {
  if (lastText === undefined || lastText === text) return line(text, maxAround);
  return `${line(text, maxAround / 2)} … ${line(lastText, maxAround / 2)}`;
}

function neighbourText({ isHardware, service, title, severity, hosts, firstSeen }: Neighbour): string {
  return `${isHardware ? 'hardware: ' : ''}${service}: ${title} (${severity}, ${firstSeen}, ${hosts.join(' ')})`;
}

/** Characters of a line of evidence. */
const maxEvidence = 1000;

function evidenceOf({ id, timestamp, host, text }: Exemplar, masker: Masker): EvidenceLine {
  return { id, timestamp, host, text: masker.restore(cut(masker.mask(text))) };
}

function aroundEvidence({ id, timestamp, host, text }: AroundLine, masker: Masker): EvidenceLine {
  return {
    id,
    ...(timestamp !== undefined && { timestamp }),
    host,
    text: masker.restore(cut(masker.mask(text))),
  };
}

function cut(text: string): string {
  return text.length <= maxEvidence ? text : `${text.slice(0, maxEvidence - 1).toWellFormed()}…`;
}

function refOf({ name, title, section }: RunbookHit): RunbookRef {
  return { name, title, section };
}
