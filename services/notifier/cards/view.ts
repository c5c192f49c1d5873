import type { Conclusion, Finding, Message, RunbookRef, Severity } from '#shared/model/index.ts';
import { evidence } from './evidence.ts';
import { type Fact, factsOf } from './facts.ts';
import { cut, oneLine, plain } from './plain.ts';
import { localTime } from './time.ts';
import { type Language, type Words, wordsOf } from './words.ts';

/** One thing to do, and where it comes from. */
export interface ActionView {
  readonly text: string;
  readonly source: string;
}

/**
 * What a card says, before it has a form: the one model behind the Feishu card and the text for a terminal. All strings are
 * plain, cut to their budget, and not escaped.
 */
export interface CardView {
  /** `full` for the first word on an incident; `note` for what follows it. */
  readonly form: 'full' | 'note';
  readonly color: 'red' | 'orange' | 'blue' | 'green' | 'grey';
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly Fact[];
  /** What the model said: the label has its verdict, and that of the cause whether a line shows it. */
  readonly conclusion:
    | {
        readonly label: string;
        readonly summary: string;
        readonly cause: Fact | undefined;
        readonly by: string;
      }
    | undefined;
  /** Says that no model took part, or that its word is of earlier, and why. */
  readonly without: string | undefined;
  readonly actions: { readonly label: string; readonly items: readonly ActionView[] } | undefined;
  /** Runbooks that fit, where no model chose from them; earlier findings like it. */
  readonly lists: readonly { readonly label: string; readonly items: readonly string[] }[];
  readonly evidence: { readonly label: string; readonly text: string } | undefined;
  /** `<incident id> r<revision>`: what a card is about, for people who search and for counting. */
  readonly footer: string;
}

export interface ViewOptions {
  readonly language: Language;
  /** IANA name; times are shown in it, with their offset. */
  readonly timeZone: string;
  /** 1 for everything that a card shows at most; less makes every long part shorter in proportion. */
  readonly scale: number;
}

const colors: Record<Severity, CardView['color']> = { critical: 'red', warning: 'orange', info: 'blue' };

/** Lengths in UTF-16 units at scale 1; at 1 an ordinary finding is shown whole and takes some 6 KB. */
const budgets = {
  title: 120,
  summary: 400,
  cause: 1200,
  action: 240,
  source: 120,
  line: 400,
  evidence: 3600,
  /** Of a note that tells of a conclusion: the lines that show it. */
  cited: 1200,
  reason: 120,
  detail: 360,
  related: 360,
  asset: 240,
  why: 160,
  runbook: 160,
  similar: 240,
};
type Part = keyof typeof budgets;
type Short = (text: string, part: Part) => string;

const namedActions = 5;
const namedRunbooks = 3;
const namedSimilar = 3;

/** What the card of this message says. Pure. */
export function cardView(message: Message, options: ViewOptions): CardView {
  const { finding, reason } = message;
  const { timeZone } = options;
  const words = wordsOf(options.language);
  const budget = (part: Part) => Math.max(16, Math.floor(budgets[part] * options.scale));
  const short: Short = (text, part) => {
    const clean = plain(text).trim();
    return cut(clean, budget(part), words.cut(clean.length));
  };
  const resolved = finding.state === 'resolved';
  const form = reason === 'opened' || reason === 'reopened' ? 'full' : 'note';
  const { conclusion } = finding;
  const lines =
    form === 'full' || reason === 'concluded'
      ? evidence(finding, {
          budget: { line: budget('line'), total: budget(form === 'full' ? 'evidence' : 'cited') },
          words,
          timeZone,
          onlyCited: form === 'note',
        })
      : '';
  const word =
    reason === 'muted' ? words.reason.muted : resolved ? words.resolved : words.severity[finding.severity];
  const headline = `${cut(oneLine(finding.service), 60)}${words.colon}${oneLine(finding.title)}`;
  const actions = resolved || conclusion === undefined ? [] : actionsOf(conclusion, words, short);
  return {
    form,
    color: reason === 'muted' ? 'grey' : resolved ? 'green' : colors[finding.severity],
    title: `【${word}】${cut(headline, budgets.title)}`,
    subtitle: words.reason[reason],
    facts: factsOf(message, {
      words,
      timeZone,
      short,
      withReasons: form === 'full' || reason === 'escalated',
      withAssets: form === 'full',
    }),
    conclusion: conclusion && conclusionView(conclusion, words, short),
    without: form === 'full' ? withoutOf(finding, words, short) : undefined,
    actions: actions.length > 0 ? { label: words.actions, items: actions } : undefined,
    lists: form === 'full' ? listsOf(finding, words, timeZone, short) : [],
    evidence: lines === '' ? undefined : { label: words.evidence, text: lines },
    footer: `${cut(oneLine(finding.id).replaceAll(' ', '_'), 160)} r${finding.revision}`,
  };
}

function conclusionView(
  conclusion: Conclusion,
  words: Words,
  short: Short,
): NonNullable<CardView['conclusion']> {
  const { verdict, summary, cause, proven, model, confidence, durationMs, takenFrom } = conclusion;
  const text = short(cause, 'cause');
  const seconds = (durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0);
  const by = words.by(cut(oneLine(model), 60), Math.round(confidence * 100), seconds);
  return {
    label: `${words.conclusion}${words.colon}${words.verdict[verdict]}`,
    summary: short(summary, 'summary'),
    cause:
      text === '' ? undefined : { label: proven ? words.cause : words.cause + words.unproven, value: text },
    by: takenFrom === undefined ? by : `${by}; ${words.takenOver}`,
  };
}

function withoutOf({ conclusion, reasoning, reasoningNote }: Finding, words: Words, short: Short) {
  const note = reasoningNote === undefined ? '' : short(oneLine(reasoningNote), 'why');
  if (conclusion !== undefined) return note === '' ? undefined : note;
  return words.without[reasoning] + bracketed(note, words);
}

function actionsOf({ actions }: Conclusion, words: Words, short: Short): ActionView[] {
  return actions
    .slice(0, namedActions)
    .map(({ text, runbook }) => ({
      text: short(text, 'action'),
      source: runbook === undefined ? words.ownSuggestion : short(sectionName(runbook, words), 'source'),
    }))
    .filter(({ text }) => text !== '');
}

function sectionName({ title, section }: RunbookRef, words: Words): string {
  return words.fromRunbook(oneLine(title), oneLine(section));
}

function listsOf(
  { conclusion, runbooks = [], similar = [] }: Finding,
  words: Words,
  timeZone: string,
  short: Short,
): CardView['lists'] {
  // The model has chosen from them; its actions name them.
  const fitting = (conclusion === undefined ? runbooks : []).slice(0, namedRunbooks).map((runbook) => {
    const by = runbook.foundBy === 'rule' ? words.namedByRule : '';
    return short(sectionName(runbook, words) + bracketed(by, words), 'runbook');
  });
  const earlier = similar
    .slice(0, namedSimilar)
    .map(({ lastSeen, title, cause, feedback }) =>
      short(
        [
          `${localTime(lastSeen, timeZone)} ${oneLine(title)}`,
          ...(cause === undefined ? [] : [oneLine(cause)]),
          ...(feedback === undefined ? [] : [words.feedback(oneLine(feedback))]),
        ].join('; '),
        'similar',
      ),
    );
  return [
    { label: words.runbooks, items: fitting },
    { label: words.similar, items: earlier },
  ].filter(({ items }) => items.length > 0);
}

function bracketed(text: string, words: Words): string {
  return text === '' ? '' : `${words.openBracket}${text}${words.closeBracket}`;
}
