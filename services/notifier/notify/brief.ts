import type {
  Action,
  EvidenceLine,
  Exemplar,
  Finding,
  Muted,
  RelatedIncident,
  RunbookRef,
} from '#shared/model/index.ts';

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
  evidence: 8,
  dependants: 10,
} as const;

const start = (text: string, length: number): string => text.slice(0, length).toWellFormed();

function briefExemplar(exemplar: Exemplar): Exemplar {
  return {
    ...exemplar,
    text: start(exemplar.text, most.text),
    before: exemplar.before.slice(-most.before).map((line) => start(line, most.line)),
  };
}

function briefEvidence({ text, ...rest }: EvidenceLine): EvidenceLine {
  return { ...rest, text: start(text, most.line) };
}

function briefAction({ text, runbook }: Action): Action {
  return { text: start(text, most.line), ...(runbook !== undefined && { runbook: briefSection(runbook) }) };
}

function briefSection({ name, title, section }: RunbookRef): RunbookRef {
  return { name: start(name, most.line), title: start(title, most.line), section: start(section, most.line) };
}

function briefRelated({ id, service, title }: RelatedIncident): RelatedIncident {
  return { id, service: start(service, most.line), title: start(title, most.line) };
}

function briefMuted({ note, ...rest }: Muted): Muted {
  return { ...rest, ...(note !== undefined && { note: start(note, most.line) }) };
}

/** The finding with as much of every long part as a card could show; the exemplars that the conclusion cites first. */
export function briefFinding(finding: Finding): Finding {
  const { captures: _captures, numbers: _numbers, template: _template, conclusion, ...rest } = finding;
  const { detail, muted, dependants } = finding;
  const cited = new Set(conclusion?.evidence.map(({ id }) => id));
  const byWeight = finding.exemplars.toSorted((a, b) => Number(cited.has(b.id)) - Number(cited.has(a.id)));
  return {
    ...rest,
    title: start(finding.title, most.line),
    severityReasons: finding.severityReasons.slice(0, most.reasons).map((reason) => start(reason, most.line)),
    hosts: finding.hosts.slice(0, most.hosts),
    ...(detail !== undefined && { detail: start(detail, most.line) }),
    ...(muted !== undefined && { muted: briefMuted(muted) }),
    ...(dependants !== undefined && { dependants: dependants.slice(0, most.dependants).map(briefRelated) }),
    ...(finding.causedBy !== undefined && { causedBy: briefRelated(finding.causedBy) }),
    exemplars: byWeight.slice(0, most.exemplars).map(briefExemplar),
    ...(conclusion === undefined
      ? {}
      : {
          conclusion: {
            ...conclusion,
            summary: start(conclusion.summary, most.words),
            cause: start(conclusion.cause, most.words),
            evidence: conclusion.evidence.slice(0, most.evidence).map(briefEvidence),
            actions: conclusion.actions.slice(0, most.actions).map(briefAction),
          },
        }),
  };
}
