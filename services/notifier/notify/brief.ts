import type {
  Action,
  Asset,
  Conclusion,
  EvidenceLine,
  Exemplar,
  Finding,
  FoundRunbook,
  MachineState,
  Muted,
  PastFinding,
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
  runbooks: 5,
  steps: 5,
  step: 600,
  assets: 3,
  facts: 8,
  similar: 4,
  readings: 6,
  states: 2,
  sensor: 64,
} as const;

/** A cut goes back so far to the end of a word: half a secret would not be known for one where the card is masked. */
const longestWord = 300;

/** The text's beginning, so long at most, and cut before a word. */
export function startOf(text: string, length: number): string {
  if (text.length <= length) return text.toWellFormed();
  const short = text.slice(0, length);
  const end = /\s/.test(text.charAt(length))
    ? length
    : Math.max(...[' ', '\n', '\t'].map((space) => short.lastIndexOf(space)));
  return (end < length - longestWord ? short : short.slice(0, end)).toWellFormed();
}

function briefExemplar(exemplar: Exemplar): Exemplar {
  return {
    ...exemplar,
    text: startOf(exemplar.text, most.text),
    before: exemplar.before.slice(-most.before).map((line) => startOf(line, most.line)),
  };
}

function briefConclusion(conclusion: Conclusion): Conclusion {
  return {
    ...conclusion,
    summary: startOf(conclusion.summary, most.words),
    cause: startOf(conclusion.cause, most.words),
    evidence: conclusion.evidence.slice(0, most.evidence).map(briefEvidence),
    actions: conclusion.actions.slice(0, most.actions).map(briefAction),
  };
}

function briefEvidence({ text, ...rest }: EvidenceLine): EvidenceLine {
  return { ...rest, text: startOf(text, most.text) };
}

function briefAction({ text, runbook }: Action): Action {
  return { text: startOf(text, most.line), ...(runbook !== undefined && { runbook: briefSection(runbook) }) };
}

function briefSection<T extends RunbookRef>(section: T): T {
  return {
    ...section,
    name: startOf(section.name, most.line),
    title: startOf(section.title, most.line),
    section: startOf(section.section, most.line),
  };
}

function briefRunbook({ steps, ...found }: FoundRunbook, index: number): FoundRunbook {
  return {
    ...briefSection(found),
    ...(steps !== undefined &&
      index === 0 && {
        steps: steps.slice(0, most.steps).map((step) => startOf(step, most.step)),
      }),
  };
}

function briefAsset({ host, owner, facts }: Asset): Asset {
  return {
    host: startOf(host, most.line),
    ...(owner !== undefined && { owner: startOf(owner, most.line) }),
    facts: Object.fromEntries(
      Object.entries(facts)
        .slice(0, most.facts)
        .map(([name, value]) => [startOf(name, most.line), startOf(value, most.line)]),
    ),
  };
}

function briefPast({ id, title, lastSeen, cause, feedback }: PastFinding): PastFinding {
  return {
    id,
    title: startOf(title, most.line),
    lastSeen,
    ...(cause !== undefined && { cause: startOf(cause, most.line) }),
    ...(feedback !== undefined && { feedback: startOf(feedback, most.line) }),
  };
}

function briefMachine({ readings, ...machine }: MachineState, index: number): MachineState {
  return {
    ...machine,
    host: startOf(machine.host, most.sensor),
    server: startOf(machine.server, most.sensor),
    readings: readings.slice(0, most.readings).map(({ trend, states, ...reading }, place) => ({
      ...reading,
      sensor: startOf(reading.sensor, most.sensor),
      ...(states && { states: states.slice(0, most.states).map((state) => startOf(state, most.sensor)) }),
      // A card has room for one chart.
      ...(trend && index === 0 && place === 0 && { trend }),
    })),
  };
}

function briefRelated({ id, service, title }: RelatedIncident): RelatedIncident {
  return { id, service: startOf(service, most.line), title: startOf(title, most.line) };
}

function briefMuted({ note, ...rest }: Muted): Muted {
  return { ...rest, ...(note !== undefined && { note: startOf(note, most.line) }) };
}

/** The finding with as much of every long part as a card could show; the exemplars that the conclusion cites first. */
export function briefFinding(finding: Finding): Finding {
  const { captures: _captures, numbers: _numbers, template: _template, ...rest } = finding;
  const { detail, muted, dependants, causedBy, conclusion, runbooks, assets, similar, hardware } = finding;
  const { machines, reasoningNote } = finding;
  const cited = new Set(conclusion?.evidence.map(({ id }) => id));
  const byWeight = finding.exemplars.toSorted((a, b) => Number(cited.has(b.id)) - Number(cited.has(a.id)));
  return {
    ...rest,
    title: startOf(finding.title, most.line),
    severityReasons: finding.severityReasons
      .slice(0, most.reasons)
      .map((reason) => startOf(reason, most.line)),
    hosts: finding.hosts.slice(0, most.hosts),
    exemplars: byWeight.slice(0, most.exemplars).map(briefExemplar),
    ...(detail !== undefined && { detail: startOf(detail, most.line) }),
    ...(muted !== undefined && { muted: briefMuted(muted) }),
    ...(dependants !== undefined && { dependants: dependants.slice(0, most.dependants).map(briefRelated) }),
    ...(causedBy !== undefined && { causedBy: briefRelated(causedBy) }),
    ...(hardware !== undefined && { hardware: briefRelated(hardware) }),
    ...(runbooks !== undefined && {
      runbooks: runbooks.slice(0, most.runbooks).map(briefRunbook),
    }),
    ...(assets !== undefined && { assets: assets.slice(0, most.assets).map(briefAsset) }),
    ...(machines !== undefined && { machines: machines.slice(0, most.assets).map(briefMachine) }),
    ...(similar !== undefined && { similar: similar.slice(0, most.similar).map(briefPast) }),
    ...(reasoningNote !== undefined && { reasoningNote: startOf(reasoningNote, most.line) }),
    ...(conclusion !== undefined && { conclusion: briefConclusion(conclusion) }),
  };
}

/** The finding with nothing but its facts: less than a KB. */
export function bareFinding(finding: Finding): Finding {
  const {
    exemplars: _exemplars,
    conclusion: _conclusion,
    runbooks: _runbooks,
    assets: _assets,
    machines: _machines,
    ...rest
  } = finding;
  const { similar: _similar, hardware: _hardware, series: _series, clearedBy: _line, ...facts } = rest;
  return { ...facts, severityReasons: [], exemplars: [] };
}
