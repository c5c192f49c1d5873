import { isDrill, type Message, type Severity } from '#shared/model/index.ts';
import { buttonsOf } from './buttons.ts';
import { chartOf, sensorChartOf } from './chart.ts';
import { conclusionView, listsOf, stepsOf, withoutOf } from './conclusion.ts';
import { citedLines, otherLines } from './evidence.ts';
import { factsOf, furtherFacts } from './facts.ts';
import { historyOf } from './history.ts';
import { linksOf } from './links.ts';
import { type Shown, shownMessage } from './masked.ts';
import { membersOf } from './members.ts';
import { type Scale, type ViewOptions, wholeScale } from './options.ts';
import { cut, oneLine } from './plain.ts';
import type { CardView, TagView } from './view-model.ts';
import { type Words, wordsOf } from './words/index.ts';

export const severityColors: Record<Severity, 'red' | 'orange' | 'blue'> = {
  critical: 'red',
  warning: 'orange',
  info: 'blue',
};

/** Lengths in UTF-16 units at scale 1; at 1 an ordinary finding is shown whole and takes some 8 KB. */
const budgets = {
  title: 120,
  summary: 400,
  cause: 1200,
  action: 240,
  step: 600,
  source: 120,
  line: 400,
  /** Of the lines that show the cause, and of the others. */
  proof: 1200,
  evidence: 1800,
  detail: 360,
  related: 360,
  asset: 240,
  why: 160,
  runbook: 160,
  similar: 240,
  note: 200,
};
/** Of what unfolds. */
const fullBudgets = { reason: 600, line: 2000, lines: 6000 };

/** Steps of the chart at most: a card is as wide as a telephone. */
const chartSteps = 30;
/** A card that is so short of room has none. */
const leastForChart = 0.25;

/** What the card of this message says, masked for the channel. Pure. */
export function cardView(message: Message, options: ViewOptions): CardView {
  return viewOf(shownMessage(message, options.mask), options, wholeScale);
}

/** The same of a message that is plain and masked already, with so much of its long parts. */
export function viewOf(shown: Shown, options: ViewOptions, scale: Scale): CardView {
  const { message } = shown;
  const { finding, reason } = message;
  const { timeZone } = options;
  const words = wordsOf(options.language);
  const budget = (part: keyof typeof budgets) => Math.max(16, Math.floor(budgets[part] * scale.main));
  const short = (text: string, part: keyof typeof budgets): string => {
    const clean = text.trim();
    return cut(clean, budget(part), words.cut(clean.length));
  };
  const form = isWhole(message, options) ? 'full' : 'note';
  const isFull = form === 'full';
  const resolved = finding.state === 'resolved';
  const { conclusion } = finding;
  const lines = (total: number) => ({ budget: { line: budget('line'), total }, words, timeZone });
  const proof = isFull || reason === 'concluded' ? citedLines(finding, lines(budget('proof'))) : '';
  const evidence = isFull ? otherLines(finding, lines(budget('evidence'))) : '';
  const drill = isDrill(finding);
  const word = drill
    ? words.drill
    : reason === 'muted'
      ? words.reason.muted
      : resolved
        ? words.resolved
        : words.severity[finding.severity];
  const headline = `${cut(oneLine(finding.service), 60)}${words.colon}${oneLine(finding.title)}`;
  return {
    form,
    color: reason === 'muted' || drill ? 'grey' : resolved ? 'green' : severityColors[finding.severity],
    severity: finding.severity,
    state: finding.state,
    title: `【${word}】${cut(headline, budgets.title)}`,
    subtitle: words.reason[reason],
    tags: tagsOf(message, words),
    facts: factsOf(message, { words, timeZone, short, isFull }),
    mentions: mentionsOf(message, words),
    conclusion: conclusion && conclusionView(conclusion, words, short),
    proof: proof === '' ? undefined : { label: words.proof, text: proof },
    without: isFull ? withoutOf(finding, words, short) : undefined,
    evidence: evidence === '' ? undefined : { label: words.evidence, text: evidence },
    steps: stepsOf(finding, words, isFull, short),
    lists: isFull ? listsOf(finding, words, timeZone, short) : [],
    chart:
      isFull && scale.main >= leastForChart
        ? (sensorChartOf(finding, words, timeZone) ?? chartOf(finding.series, chartSteps, words, timeZone))
        : undefined,
    members: membersOf(message, words, scale.main),
    history: historyOf(finding, words, timeZone, (note) => short(note, 'note')),
    full: isFull && scale.full > 0 ? fullOf(shown, words, timeZone, scale.full) : undefined,
    links: linksOf(shown, words, options),
    buttons: buttonsOf(shown, words, options),
    footer: `${cut(oneLine(finding.id).replaceAll(' ', '_'), 160)} r${finding.revision}`,
  };
}

/** A first word, one for people who have not seen the first, and a card that is kept up to date. */
function isWhole({ reason }: Message, { canUpdate }: ViewOptions): boolean {
  switch (reason) {
    case 'opened':
    case 'reopened':
    case 'unacknowledged':
    case 'fallback':
      return true;
    default:
      return canUpdate;
  }
}

const longestTag = 20;

function tagsOf({ finding }: Message, words: Words): TagView[] {
  const { state, flapping, assignee, assets } = finding;
  const owner = assignee?.name ?? assets?.find((asset) => asset.owner !== undefined)?.owner;
  const stateColor = { open: 'red', acknowledged: 'blue', resolved: 'green' } as const;
  return [
    { text: words.state[state], color: stateColor[state] },
    ...(flapping === true ? [{ text: words.reason.flapping, color: 'violet' as const }] : []),
    ...(owner === undefined ? [] : [{ text: cut(oneLine(owner), longestTag), color: 'neutral' as const }]),
  ].filter(({ text }) => text !== '');
}

const longestName = 60;
const mostMentions = 30;

function mentionsOf({ mentions = [] }: Message, words: Words): CardView['mentions'] {
  const people = mentions
    .slice(0, mostMentions)
    .map((person) => ({ ...person, name: cut(oneLine(person.name), longestName) }));
  return people.length === 0 ? undefined : { label: words.mentions, people };
}

/** What unfolds: why this severity, which rule, all that the model said where it was cut, and the lines at length. */
function fullOf(
  { message: { finding } }: Shown,
  words: Words,
  timeZone: string,
  scale: number,
): CardView['full'] {
  const part = (length: number) => Math.max(16, Math.floor(length * scale));
  const short = (text: string, length: number) => cut(text.trim(), part(length), words.cut(text.length));
  const { conclusion } = finding;
  const budget = { line: part(fullBudgets.line), total: part(fullBudgets.lines) };
  const lines = [
    conclusion === undefined || conclusion.cause.length <= budgets.cause ? '' : short(conclusion.cause, 4000),
    citedLines(finding, { budget, words, timeZone }),
    otherLines(finding, { budget, words, timeZone }),
  ];
  return {
    label: words.full,
    facts: furtherFacts(finding, words, (text) => short(text, fullBudgets.reason)),
    text: lines.filter((text) => text !== '').join('\n\n'),
  };
}
