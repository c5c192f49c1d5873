import { isInScope } from '#shared/controls/index.ts';
import type { Control, Finding, Incident, PastFinding } from '#shared/model/index.ts';
import type { Language } from '../reason/language.ts';
import { likeness, wordsOf } from './likeness.ts';
import type { Patience } from './patience.ts';
import type { ContextStore } from './store-queue.ts';

/** How many are told, and how many of each kind are weighed. */
const maxSimilar = 5;
const ofFingerprint = 10;
const ofRule = 20;
const ofService = 20;
/** Share of words from which on two failures of different rules or services are alike. */
const alikeFrom = 0.5;
/** Characters of a cause and of what people said. */
const maxText = 600;

const noProblem: Readonly<Record<Language, string>> = { 'zh-CN': '不是问题', en: 'not a problem' };

/**
 * Earlier failures like this one, the newest first: of the same fingerprint before those of the same rule and service, and these
 * before others that read alike. Only what is over, or what people have said something about: what is open beside it is no past.
 * A cause is told where a line showed it, for a guess must not become knowledge by being remembered.
 */
export async function similarTo(
  incident: Incident,
  { store, controls, language }: { store: ContextStore; controls: readonly Control[]; language: Language },
  patience: Patience,
  signal: AbortSignal,
): Promise<PastFinding[]> {
  const { fingerprint, rule, service } = incident;
  const none: Finding[] = [];
  const queries = [
    { fingerprint, limit: ofFingerprint },
    { rule, service, limit: ofRule },
    { rule, limit: ofRule },
    { service, limit: ofService },
  ];
  const found = await Promise.all(
    queries.map((query) =>
      patience.within('similar', signal, none, (until) => store.searchFindings({ ...query, signal: until })),
    ),
  );
  const words = wordsOf(incident);
  const feedback = controls.filter(({ kind }) => kind === 'feedback');
  const candidates = new Map(found.flat().map((finding) => [finding.id, finding]));
  candidates.delete(incident.id);
  const ranked = [...candidates.values()].flatMap((finding) => {
    const said = saidOf(finding, feedback);
    const rank = rankOf(finding);
    if (rank === 0 || (finding.state !== 'resolved' && said.length === 0)) return [];
    const past = pastOf(finding, said, language);
    const isTelling = past.cause !== undefined || past.feedback !== undefined;
    return [{ past, rank, isTelling }];
  });
  const known = ranked
    .sort(
      (a, b) =>
        b.rank - a.rank ||
        Number(b.isTelling) - Number(a.isTelling) ||
        Date.parse(b.past.lastSeen) - Date.parse(a.past.lastSeen),
    )
    .map(({ past }) => past);
  const unknown = forgotten(incident, feedback, new Set([incident.id, ...candidates.keys()]), language);
  return [...unknown, ...known]
    .slice(0, maxSimilar)
    .sort((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen));

  function rankOf(finding: Finding): number {
    if (finding.fingerprint === fingerprint) return 3;
    if (finding.rule === rule && finding.service === service) return 2;
    return likeness(words, wordsOf(finding)) >= alikeFrom ? 1 : 0;
  }
}

/** What people said of a finding, the newest first. */
function saidOf(finding: Finding, feedback: readonly Control[]): Control[] {
  const facts = factsOf(finding);
  return feedback
    .filter(({ findingId, scope }) => findingId === finding.id || isInScope(scope, facts))
    .sort(byNewest);
}

/** What people said of this very failure by findings that the store no longer has. */
function forgotten(
  incident: Incident,
  feedback: readonly Control[],
  told: ReadonlySet<string>,
  language: Language,
): PastFinding[] {
  const facts = factsOf({ ...incident, hosts: incident.hosts.map(({ name }) => name) });
  return feedback
    .filter(({ scope, findingId }) => !told.has(findingId ?? '') && isInScope(scope, facts))
    .sort(byNewest)
    .slice(0, 1)
    .map((control) => ({
      id: control.findingId ?? control.id,
      title: incident.title,
      lastSeen: control.createdAt,
      feedback: wordsOfFeedback([control], language),
    }));
}

function byNewest(a: Control, b: Control): number {
  return Date.parse(b.createdAt) - Date.parse(a.createdAt);
}

function pastOf(finding: Finding, said: readonly Control[], language: Language): PastFinding {
  const { id, title, lastSeen, conclusion } = finding;
  const isKnown = conclusion?.proven === true && conclusion.cause !== '';
  return {
    ...{ id, title, lastSeen },
    ...(isKnown && { cause: conclusion.cause.slice(0, maxText) }),
    ...(said.length > 0 && { feedback: wordsOfFeedback(said, language) }),
  };
}

function wordsOfFeedback(said: readonly Control[], language: Language): string {
  return said
    .slice(0, 2)
    .map(({ by, note }) => `${by}: ${note ?? noProblem[language]}`)
    .join('; ')
    .slice(0, maxText);
}

function factsOf(one: Pick<Finding, 'fingerprint' | 'rule' | 'service' | 'type' | 'hosts' | 'template'>) {
  const { fingerprint, rule, service, type, hosts, template } = one;
  const formerTemplates = template?.formerIds;
  return { fingerprint, rule, service, type, hosts, template: template?.id, formerTemplates, pinned: false };
}
