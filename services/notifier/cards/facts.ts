import type { Asset, Finding, MachineState, Message, RelatedIncident } from '#shared/model/index.ts';
import { unitOf } from './chart.ts';
import { cut, oneLine } from './plain.ts';
import { localTime } from './time.ts';
import type { Fact } from './view-model.ts';
import type { Words } from './words/index.ts';

export interface FactOptions {
  readonly words: Words;
  /** IANA name. */
  readonly timeZone: string;
  /** Whose hosts these are stands on a full card alone. */
  readonly isFull: boolean;
  /** Cuts a text to what its part of the card may take. */
  readonly short: (text: string, part: 'detail' | 'related' | 'asset') => string;
}

const namedHosts = 5;
const namedRelated = 5;
const namedAssets = 2;
const namedFacts = 5;
const namedReadings = 4;
const named = { service: 60, title: 120, host: 64, fact: 60 } as const;

/** What a card says of an incident in short: when, how often, where, whose, and what it has to do with others. */
export function factsOf(message: Message, options: FactOptions): Fact[] {
  const { words, timeZone, short, isFull } = options;
  const { finding, reason } = message;
  const hosts = finding.hosts.slice(0, namedHosts).map((host) => cut(oneLine(host), named.host));
  const more = finding.hostCount > hosts.length ? words.moreHosts(finding.hostCount) : '';
  const { detail, hardware, state, severityReasons } = finding;
  return [
    { label: words.firstSeen, value: localTime(finding.firstSeen, timeZone) },
    { label: words.lastSeen, value: localTime(finding.lastSeen, timeZone) },
    { label: words.count, value: String(finding.count) },
    { label: state === 'resolved' ? words.lasted : words.lasting, value: duration(finding, words) },
    { label: words.hosts, value: hosts.join(', ') + more },
    ...takenBy(finding, words, timeZone),
    ...(isFull ? (finding.assets ?? []) : [])
      .slice(0, namedAssets)
      .map((asset) => ({ label: words.asset, value: short(assetLine(asset, words), 'asset') })),
    ...(isFull ? (finding.machines ?? []) : [])
      .slice(0, namedAssets)
      .map((machine) => ({ label: words.sensors, value: short(machineLine(machine, words), 'asset') })),
    ...(detail === undefined ? [] : [{ label: words.detail, value: short(oneLine(detail), 'detail') }]),
    ...(hardware === undefined
      ? []
      : [{ label: words.hardware, value: short(incident(hardware, words), 'related') }]),
    ...relations(message, options),
    ...(reason === 'escalated'
      ? [{ label: words.severityReasons, value: short(reasonsOf(severityReasons), 'related') }]
      : []),
  ].filter((fact) => fact.value !== '');
}

/** What only those want to know who look closer. */
export function furtherFacts(finding: Finding, words: Words, short: (text: string) => string): Fact[] {
  const { pack, rule, severityReasons, fingerprint, labels = {} } = finding;
  const pairs = Object.entries(labels)
    .slice(0, namedFacts)
    .map(([name, value]) => `${cut(oneLine(name), named.fact)}=${cut(oneLine(value), named.fact)}`);
  return [
    { label: words.rule, value: cut(oneLine(`${pack}/${rule}`), 120) },
    { label: words.severityReasons, value: short(reasonsOf(severityReasons)) },
    { label: words.labels, value: pairs.join(', ') },
    { label: words.fingerprint, value: cut(oneLine(fingerprint), named.fact) },
  ].filter((fact) => fact.value !== '');
}

function reasonsOf(reasons: readonly string[]): string {
  return reasons.slice(0, 4).map(oneLine).join('; ');
}

function takenBy({ acknowledged, assignee }: Finding, words: Words, timeZone: string): Fact[] {
  const who = assignee ?? acknowledged?.by;
  if (who === undefined) return [];
  const name = cut(oneLine(who.name), named.service);
  const isSame = acknowledged !== undefined && acknowledged.by.id === who.id;
  return [
    {
      label: words.assignee,
      value: isSame ? words.since(name, localTime(acknowledged.at, timeZone)) : name,
    },
  ];
}

function incident({ service, title }: RelatedIncident, words: Words): string {
  return `${cut(oneLine(service), named.service)}${words.colon}${cut(oneLine(title), named.title)}`;
}

function assetLine({ host, owner, facts }: Asset, words: Words): string {
  const parts = [
    ...(owner === undefined ? [] : [words.owner(cut(oneLine(owner), named.fact))]),
    ...Object.entries(facts)
      .slice(0, namedFacts)
      .map(([name, value]) => `${cut(oneLine(name), named.fact)}=${cut(oneLine(value), named.fact)}`),
  ];
  return parts.length === 0 ? '' : `${cut(oneLine(host), named.host)}${words.colon}${parts.join(', ')}`;
}

/** What its sensors say, the worst first. */
function machineLine(machine: MachineState, words: Words): string {
  const { outcome, power, cpuPercent, memoryPercent, readings } = machine;
  const parts = [
    ...(outcome === 'ok' ? [] : [words.bmc[outcome]]),
    ...(power === 'unknown' ? [] : [words.power[power]]),
    ...(cpuPercent === undefined ? [] : [`CPU ${Math.round(cpuPercent)}%`]),
    ...(memoryPercent === undefined ? [] : [words.memory(Math.round(memoryPercent))]),
    ...readings.slice(0, namedReadings).map((reading) => {
      const { sensor, value, unit, states = [], status } = reading;
      const said =
        value === undefined ? states.map(oneLine).join('/') : `${value}${unit ? ` ${unitOf(unit)}` : ''}`;
      const worse = status === 'warning' || status === 'critical' ? ` [${words.severity[status]}]` : '';
      return `${cut(oneLine(sensor), named.fact)} ${cut(said, named.fact)}${worse}`;
    }),
  ];
  return `${cut(oneLine(machine.host), named.host)}${words.colon}${parts.join(', ')}`;
}

/** What there is to say of other incidents, of what is kept from people, and of how it comes and goes. */
function relations(
  { finding, heldBack, meantFor }: Message,
  { words, timeZone, short }: FactOptions,
): Fact[] {
  const facts: Fact[] = [];
  if (meantFor !== undefined)
    facts.push({ label: words.meantFor, value: cut(oneLine(meantFor), named.service) });
  const { muted, causedBy, dependants = [], dependantCount = 0 } = finding;
  if (muted !== undefined) {
    const end = muted.untilResolved === true ? 'resolved' : undefined;
    const until = muted.until === undefined ? end : localTime(muted.until, timeZone);
    const note = muted.note === undefined ? '' : `${words.colon}${oneLine(muted.note)}`;
    const by = cut(oneLine(muted.by), named.service);
    facts.push({
      label: words.muted,
      value: short(words.mutedBy(by, words.control[muted.kind], until) + note, 'related'),
    });
  }
  if (finding.flapping === true) facts.push({ label: words.reason.flapping, value: words.flapping });
  if (causedBy !== undefined)
    facts.push({ label: words.causedBy, value: short(incident(causedBy, words), 'related') });
  if (dependantCount > 0) {
    const shown = dependants.slice(0, namedRelated).map((one) => incident(one, words));
    const more = dependantCount > shown.length ? words.moreIncidents(dependantCount) : '';
    facts.push({ label: words.affected, value: short(shown.join('; ') + more, 'related') });
  }
  if (finding.knownGood === true) facts.push({ label: words.knownGood, value: words.knownGoodMeans });
  if (heldBack !== undefined)
    facts.push({
      label: words.heldBack,
      value: words.heldBackSince(heldBack.count, localTime(heldBack.since, timeZone)),
    });
  return facts;
}

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
