import type { Finding, Message, RelatedIncident, Severity } from '#shared/model/index.ts';
import { evidence } from './evidence.ts';
import { cut, oneLine, plain } from './plain.ts';
import { localTime } from './time.ts';
import { type Language, type Words, wordsOf } from './words.ts';

/** One labelled fact of a card. Plain text: every sink escapes it in its own way. */
export interface Fact {
  readonly label: string;
  readonly value: string;
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
  readonly cause:
    | { readonly label: string; readonly summary: string; readonly text: string; readonly by: string }
    | undefined;
  /** Says that no model took part, and why; absent where a conclusion is shown. */
  readonly without: string | undefined;
  readonly actions: { readonly label: string; readonly items: readonly string[] } | undefined;
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
  line: 400,
  evidence: 3600,
  reason: 120,
  detail: 360,
  related: 360,
};
const namedHosts = 5;
const namedActions = 5;
const namedRelated = 5;

function duration(finding: Finding, words: Words): string {
  const until = finding.resolvedAt ?? finding.lastSeen;
  const seconds = Math.max(0, Math.round((Date.parse(until) - Date.parse(finding.firstSeen)) / 1000));
  return words.duration(
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  );
}

/** What there is to say of other incidents, of what is kept from people, and of how it comes and goes. */
function relations(
  { finding, heldBack }: Message,
  words: Words,
  { timeZone }: ViewOptions,
  short: (text: string) => string,
): Fact[] {
  const facts: Fact[] = [];
  const { muted, causedBy, dependants = [], dependantCount = 0 } = finding;
  const named = (each: RelatedIncident): string =>
    `${cut(oneLine(each.service), 60)}${words.colon}${cut(oneLine(each.title), budgets.title)}`;
  if (muted !== undefined) {
    const until = muted.until === undefined ? undefined : localTime(muted.until, timeZone);
    const note = muted.note === undefined ? '' : `${words.colon}${oneLine(muted.note)}`;
    facts.push({
      label: words.muted,
      value: short(words.mutedBy(cut(oneLine(muted.by), 60), words.control[muted.kind], until) + note),
    });
  }
  if (finding.flapping === true) facts.push({ label: words.reason.flapping, value: words.flapping });
  if (causedBy !== undefined) facts.push({ label: words.causedBy, value: short(named(causedBy)) });
  if (dependantCount > 0) {
    const shown = dependants.slice(0, namedRelated).map(named);
    const more = dependantCount > shown.length ? words.moreIncidents(dependantCount) : '';
    facts.push({ label: words.affected, value: short(shown.join('; ') + more) });
  }
  if (finding.knownGood === true) facts.push({ label: words.knownGood, value: words.knownGoodMeans });
  if (heldBack !== undefined)
    facts.push({
      label: words.heldBack,
      value: words.heldBackSince(heldBack.count, localTime(heldBack.since, timeZone)),
    });
  return facts;
}

/** What the card of this message says. Pure. */
export function cardView(message: Message, options: ViewOptions): CardView {
  const { finding, reason } = message;
  const words = wordsOf(options.language);
  const budget = (part: keyof typeof budgets) => Math.max(16, Math.floor(budgets[part] * options.scale));
  const short = (text: string, part: keyof typeof budgets) => {
    const clean = plain(text).trim();
    return cut(clean, budget(part), words.cut(clean.length));
  };
  const resolved = finding.state === 'resolved';
  const form = reason === 'opened' || reason === 'reopened' ? 'full' : 'note';
  const hosts = finding.hosts.slice(0, namedHosts).map((host) => cut(oneLine(host), 64));
  const more = finding.hostCount > hosts.length ? words.moreHosts(finding.hostCount) : '';
  const facts: Fact[] = [
    { label: words.firstSeen, value: localTime(finding.firstSeen, options.timeZone) },
    { label: words.lastSeen, value: localTime(finding.lastSeen, options.timeZone) },
    { label: words.count, value: String(finding.count) },
    { label: words.hosts, value: hosts.join(', ') + more },
    ...(finding.detail === undefined
      ? []
      : [{ label: words.detail, value: short(oneLine(finding.detail), 'detail') }]),
    ...relations(message, words, options, (text) => short(text, 'related')),
    ...(resolved ? [{ label: words.lasted, value: duration(finding, words) }] : []),
    { label: words.rule, value: cut(oneLine(`${finding.pack}/${finding.rule}`), 120) },
    ...(form === 'full' || reason === 'escalated'
      ? [
          {
            label: words.severityReasons,
            value: short(finding.severityReasons.slice(0, 4).map(oneLine).join('; '), 'reason'),
          },
        ]
      : []),
  ].filter((fact) => fact.value !== '');
  const conclusion = finding.conclusion;
  const items = (conclusion?.actions ?? [])
    .slice(0, namedActions)
    .map(({ text }) => short(text, 'action'))
    .filter((action) => action !== '');
  const lines =
    form === 'full'
      ? evidence(finding, { line: budget('line'), total: budget('evidence') }, words, options.timeZone)
      : '';
  const word =
    reason === 'muted' ? words.reason.muted : resolved ? words.resolved : words.severity[finding.severity];
  const headline = `${cut(oneLine(finding.service), 60)}${words.colon}${oneLine(finding.title)}`;
  return {
    form,
    color: reason === 'muted' ? 'grey' : resolved ? 'green' : colors[finding.severity],
    title: `【${word}】${cut(headline, budgets.title)}`,
    subtitle: words.reason[reason],
    facts,
    cause: conclusion
      ? {
          label: words.cause,
          summary: short(conclusion.summary, 'summary'),
          text: short(conclusion.cause, 'cause'),
          by: words.by(cut(oneLine(conclusion.model), 60), Math.round(conclusion.confidence * 100)),
        }
      : undefined,
    without: form === 'full' && conclusion === undefined ? words.without[finding.reasoning] : undefined,
    actions: !resolved && items.length > 0 ? { label: words.actions, items } : undefined,
    evidence: lines === '' ? undefined : { label: words.evidence, text: lines },
    footer: `${cut(oneLine(finding.id).replaceAll(' ', '_'), 160)} r${finding.revision}`,
  };
}
