import type { Asset, AuditEntry, Delivery, Exemplar, Finding } from '#shared/model/index.ts';
import { localTime } from '#shared/text/local-time.ts';
import { barsOf } from './bars.ts';
import type { PageWords } from './words/index.ts';

export interface FindingViewOptions {
  readonly words: PageWords;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** Takes out of a text what the channel of the link is not allowed to see. */
  readonly mask: (text: string) => string;
}

export type Row = readonly [label: string, value: string];
interface Section {
  readonly title: string;
  readonly items: readonly string[];
}

/** A finding in words, masked; escaping is the template's. */
export interface FindingView {
  readonly title: string;
  readonly severity: Finding['severity'];
  readonly badge: string;
  readonly facts: readonly Row[];
  readonly conclusion:
    | {
        readonly title: string;
        readonly summary: string;
        readonly cause: Row;
        readonly by: string;
        readonly evidence: Section;
        readonly actions: Section;
      }
    | undefined;
  readonly bars: { readonly title: string; readonly heights: readonly number[] } | undefined;
  readonly lines: { readonly title: string; readonly items: readonly LineView[] };
  /** Lists that have anything in them. */
  readonly lists: readonly Section[];
}

interface LineView {
  readonly head: string;
  readonly before: string;
  readonly text: string;
}

/** The facts alone: what a page that asks a person to act has to show. */
export function factsOf(finding: Finding, options: FindingViewOptions): Row[] {
  const { words, mask } = options;
  const time = (at: string) => localTime(at, options.timeZone);
  const { fact } = words;
  const { assignee, resolvedAt, hosts, hostCount } = finding;
  return [
    [fact.service, mask(finding.service)],
    [fact.firstSeen, time(finding.firstSeen)],
    [fact.lastSeen, time(finding.lastSeen)],
    ...rowIf(fact.resolved, resolvedAt && time(resolvedAt)),
    [fact.count, String(finding.count)],
    [fact.hosts, `${mask(hosts.join(', '))}${hosts.length < hostCount ? ` ${words.more(hostCount)}` : ''}`],
    ...rowIf(fact.assignee, assignee?.name),
    [fact.id, finding.id],
  ];
}

function rowIf(label: string, value: string | undefined): Row[] {
  return value === undefined || value === '' ? [] : [[label, value]];
}

export function headOf(finding: Finding, { words, mask }: FindingViewOptions) {
  const badge = `${words.severity[finding.severity]} · ${words.state[finding.state]}`;
  return { title: mask(finding.title), severity: finding.severity, badge };
}

/** The whole of it, with what was sent of it and what people did. */
export function findingView(
  finding: Finding,
  { deliveries, audit }: { readonly deliveries: readonly Delivery[]; readonly audit: readonly AuditEntry[] },
  options: FindingViewOptions,
): FindingView {
  const { words, mask, timeZone } = options;
  const { fact, section } = words;
  const time = (at: string) => localTime(at, timeZone);
  const pairs = (record: Record<string, string> = {}) =>
    mask(
      Object.entries(record)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    );
  const { muted, causedBy, dependants = [], conclusion, clearedBy, series } = finding;
  const related = dependants.map(({ service, title }) => `${service}: ${title}`).join('; ');
  const line = ({ timestamp, host, file, text, before }: Exemplar): LineView => ({
    head: mask([time(timestamp), host, file ?? ''].join('  ').trim()),
    before: mask(before.join('\n')),
    text: mask(text),
  });
  const best = finding.runbooks?.[0];
  const lists: Section[] = [
    {
      title: section.assets,
      items: (finding.assets ?? []).map((asset) => mask(assetText(asset))),
    },
    {
      title: best === undefined ? '' : mask(`${section.firstSteps}: ${best.title}`),
      items: (best?.steps ?? []).map((step) => mask(step)),
    },
    {
      title: section.runbooks,
      items: (finding.runbooks ?? []).map(({ title, section: part, name }) =>
        mask(`${title}${part === '' ? '' : ` · ${part}`} (${name})`),
      ),
    },
    {
      title: section.similar,
      items: (finding.similar ?? []).map(({ title, lastSeen, cause, feedback, id }) =>
        mask([time(lastSeen), title, cause, feedback, id].filter(Boolean).join(' — ')),
      ),
    },
    {
      title: section.history,
      items: (finding.history ?? []).map(({ at, by, action, to, note }) =>
        mask([time(at), by.name, words.action[action], to?.name, note].filter(Boolean).join(' — ')),
      ),
    },
    {
      title: section.deliveries,
      items: told(deliveries).map(({ at, channel, outcome, attempt, code, error }) =>
        mask(
          [time(at), channel, words.outcome[outcome], `#${attempt}`, code, error].filter(Boolean).join(' — '),
        ),
      ),
    },
    {
      title: section.audit,
      items: audit.map((entry) => mask(auditText(entry, words, time))),
    },
  ];
  return {
    ...headOf(finding, options),
    facts: [
      ...factsOf(finding, options),
      [fact.rule, finding.rule],
      ...rowIf(fact.detail, finding.detail && mask(finding.detail)),
      ...rowIf(fact.severityReasons, mask(finding.severityReasons.join('; '))),
      ...rowIf(fact.captures, pairs(finding.captures)),
      ...rowIf(fact.labels, pairs(finding.labels)),
      ...rowIf(
        fact.muted,
        muted &&
          mask(
            [
              muted.by,
              muted.note,
              muted.untilResolved === true ? words.untilResolved : undefined,
              muted.until && time(muted.until),
            ]
              .filter(Boolean)
              .join(' — '),
          ),
      ),
      ...rowIf(fact.causedBy, causedBy && mask(`${causedBy.service}: ${causedBy.title}`)),
      ...rowIf(fact.dependants, mask(related)),
    ],
    conclusion: conclusion && {
      title: `${section.conclusion}: ${words.verdict[conclusion.verdict]}`,
      summary: mask(conclusion.summary),
      cause: [`${section.cause}${conclusion.proven ? '' : words.unproven}`, mask(conclusion.cause)],
      by: words.byModel(conclusion.model, Math.round(conclusion.confidence * 100)),
      evidence: {
        title: section.evidence,
        items: conclusion.evidence.map(({ text, host = '' }) => mask(`${host} ${text}`.trim())),
      },
      actions: {
        title: section.actions,
        items: conclusion.actions.map(({ text, runbook }) =>
          mask(runbook === undefined ? text : `${text} (${runbook.title})`),
        ),
      },
    },
    bars:
      series === undefined || series.counts.length < 2
        ? undefined
        : { title: section.chart, heights: barsOf(series) },
    lines: {
      title: section.lines,
      items: [...finding.exemplars, ...(clearedBy === undefined ? [] : [clearedBy])].map(line),
    },
    lists: lists.filter(({ items }) => items.length > 0),
  };
}

/** Without the announcement of a call whose outcome is there: each call is one row. */
function told(deliveries: readonly Delivery[]): Delivery[] {
  const call = ({ messageId, attempt }: Delivery) => `${messageId}#${attempt}`;
  const ended = new Set(deliveries.filter(({ outcome }) => outcome !== 'sending').map(call));
  return deliveries.filter((delivery) => delivery.outcome !== 'sending' || !ended.has(call(delivery)));
}

function assetText({ host, owner, facts }: Asset): string {
  const rest = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [host, owner, ...rest].filter(Boolean).join(' — ');
}

function auditText(
  { at, by, via, action, outcome, why, note, address }: AuditEntry,
  words: PageWords,
  time: (at: string) => string,
): string {
  const known = Object.entries(words.action).find(([name]) => name === action)?.[1] ?? action;
  const parts = [time(at), by.name, words.via[via], known, words.auditOutcome[outcome], why, note, address];
  return parts.filter(Boolean).join(' — ');
}
