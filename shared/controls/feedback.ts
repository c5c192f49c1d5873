import type { Control, ControlDraft, ControlScope, FeedbackDraft, Finding } from '#shared/model/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import type { Alongside, ControlBook } from './book.ts';
import { isInScope } from './muted-by.ts';

const day = 24 * 60 * 60 * 1000;
/** What it would have silenced is counted over so many days, and so many findings at most. */
const lookBackDays = 7;
const lookBackFindings = 2000;

/** What feedback did, or on a dry run would do. */
export type FeedbackAnswer =
  | {
      readonly kind: 'silenced';
      readonly scope: ControlScope;
      /** Absent on a dry run. */
      readonly control?: Control;
      /** Findings of the last days that it would have kept quiet; `isAll` is false where there were too many to look at. */
      readonly matches: {
        readonly findings: number;
        readonly services: number;
        readonly days: number;
        readonly isAll: boolean;
      };
      /** One line for each thing that a person should think about. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'refused'; readonly why: 'unknown' | 'pinned' | 'scope'; readonly message: string };

/**
 * "Not a problem", said of a finding: finds it in the store, and silences what is meant by it. Refuses what is not known, what a
 * rule pins, and a scope that the finding does not have.
 *
 * @param records what is written with the control: who did it, for the card and the audit log
 * @throws LogpatrolError as the store and the bus give it
 */
export async function giveFeedback(
  { store, book, clock }: { store: StoreReader; book: ControlBook; clock: () => number },
  draft: FeedbackDraft,
  records: (finding: Finding) => Alongside,
): Promise<FeedbackAnswer> {
  const finding = await store.finding(draft.findingId);
  if (finding === undefined)
    return refused('unknown', `there is no finding ${draft.findingId}; its id is the last line of its card`);
  const wish = feedbackControl(finding, draft);
  if (wish.kind === 'refused') return wish;
  const { scope } = wish;
  const from = clock() - lookBackDays * day;
  const recent = await store.searchFindings({
    ...(scope.service !== undefined && { service: scope.service }),
    from,
    limit: lookBackFindings,
  });
  const alike = recent.filter((one) => one.pinned !== true && isInScope(scope, factsOf(one)));
  const matches = {
    findings: alike.length,
    services: new Set(alike.map(({ service }) => service)).size,
    days: lookBackDays,
    isAll: recent.length < lookBackFindings,
  };
  const warnings = warningsOf(draft, finding);
  if (draft.dryRun) return { kind: 'silenced', scope, matches, warnings };
  const control = await book.add(wish, records(finding));
  return { kind: 'silenced', scope, control, matches, warnings };
}

/** The control that this feedback on this finding asks for. Refuses what a rule pins, and a scope that the finding does not have. */
export function feedbackControl(
  finding: Finding,
  draft: FeedbackDraft,
): (ControlDraft & { readonly kind: 'feedback' }) | (FeedbackAnswer & { readonly kind: 'refused' }) {
  if (finding.pinned === true)
    return refused(
      'pinned',
      `the rule ${finding.rule} is pinned: what it finds is told always. Change the rule if it is wrong`,
    );
  const scope = scopeOf(finding, draft);
  if (typeof scope === 'string') return refused('scope', scope);
  const { by, note, until } = draft;
  return {
    kind: 'feedback',
    scope,
    by,
    ...(note !== undefined && { note }),
    ...(until !== undefined && { until }),
    findingId: finding.id,
  };
}

function refused(
  why: 'unknown' | 'pinned' | 'scope',
  message: string,
): FeedbackAnswer & { readonly kind: 'refused' } {
  return { kind: 'refused', why, message };
}

/** A fingerprint is one service's already. */
function scopeOf(finding: Finding, { scope, everywhere }: FeedbackDraft): ControlScope | string {
  const { fingerprint, rule, service, template } = finding;
  const where = everywhere ? {} : { service };
  switch (scope) {
    case 'fingerprint':
      if (everywhere)
        return 'a fingerprint belongs to one service; to mean every service, choose template or rule';
      return { fingerprint, service };
    case 'template':
      if (template === undefined) return 'the finding has no template; choose fingerprint or rule';
      return { template: template.id, ...where };
    case 'rule':
      return { rule, ...where };
  }
}

function warningsOf({ scope, everywhere, until }: FeedbackDraft, { rule, service }: Finding): string[] {
  const warnings: string[] = [];
  if (scope === 'rule')
    warnings.push(
      everywhere
        ? `nothing that the rule ${rule} finds will be told, of any service`
        : `nothing that the rule ${rule} finds in ${service} will be told, whatever the line says`,
    );
  else if (everywhere) warnings.push('lines like this will not be told of any service');
  if (until === undefined && (scope === 'rule' || everywhere)) warnings.push('it has no end');
  return warnings;
}

function factsOf(finding: Finding) {
  const { fingerprint, rule, service, type, hosts, template, pinned = false } = finding;
  return {
    ...{ fingerprint, rule, service, type, hosts, pinned },
    template: template?.id,
    formerTemplates: template?.formerIds,
  };
}
