import type { Exemplar, Finding } from '#shared/model/index.ts';

/** More than any card shows, so that a message stays a few KB and a sender can look far ahead. */
const most = {
  exemplars: 4,
  text: 2000,
  before: 6,
  line: 400,
  hosts: 10,
  reasons: 6,
  words: 2000,
  actions: 8,
} as const;

const start = (text: string, length: number): string => text.slice(0, length).toWellFormed();

function briefExemplar(exemplar: Exemplar): Exemplar {
  return {
    ...exemplar,
    text: start(exemplar.text, most.text),
    before: exemplar.before.slice(-most.before).map((line) => start(line, most.line)),
  };
}

/** The finding with as much of every long part as a card could show; the exemplars that the conclusion cites first. */
export function briefFinding(finding: Finding): Finding {
  const { captures: _captures, conclusion, ...rest } = finding;
  const cited = new Set(conclusion?.evidence ?? []);
  const byWeight = finding.exemplars.toSorted((a, b) => Number(cited.has(b.id)) - Number(cited.has(a.id)));
  return {
    ...rest,
    title: start(finding.title, most.line),
    severityReasons: finding.severityReasons.slice(0, most.reasons).map((reason) => start(reason, most.line)),
    hosts: finding.hosts.slice(0, most.hosts),
    exemplars: byWeight.slice(0, most.exemplars).map(briefExemplar),
    ...(conclusion === undefined
      ? {}
      : {
          conclusion: {
            ...conclusion,
            summary: start(conclusion.summary, most.words),
            cause: start(conclusion.cause, most.words),
            actions: conclusion.actions.slice(0, most.actions).map((action) => start(action, most.line)),
          },
        }),
  };
}
