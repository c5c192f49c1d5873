import { hash } from 'node:crypto';
import type { Config } from '#shared/config/index.ts';
import type { Clear, Exemplar, Hit, Severity } from '#shared/model/index.ts';
import { domainFor } from '../detect/index.ts';
import type { Component } from './component.ts';

/** Characters of an exemplar's text, and of a sensor's name, that are kept. */
const maxText = 1024;
const maxName = 200;

/** What hardware's findings are of: the service that stands for the machine's parts, or for its own operating system. */
export type HardwareService = 'hardware' | 'system';

/** Which failure it is, and where. */
export interface HardwareSubject {
  readonly rule: string;
  /** Rules of one family are one incident of a sensor, which goes on under the newest of them. Default: the rule is its own. */
  readonly family?: string;
  /** As the machine calls itself in its logs. */
  readonly host: string;
  /** Name of the sensor. Hostile text. Absent: it is about the machine or its BMC as a whole. */
  readonly sensor?: string | undefined;
  /** Default: `hardware`. */
  readonly service?: HardwareService | undefined;
  /** The log type that routes go by. Default: `ipmi`. */
  readonly type?: string | undefined;
}

/** What a finding about a machine is made of. Moments are milliseconds since the epoch. */
export interface HardwareFinding extends HardwareSubject {
  readonly component: Component;
  /** Of the sensor, by its BMC. */
  readonly sensorNumber?: number | undefined;
  readonly title: string;
  readonly severity: Severity;
  readonly pinned?: boolean;
  readonly pack?: string;
  readonly runbook: string;
  /** Of readings or events that say so. Default 1. */
  readonly count?: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly arrivedAt: number;
  /** One sentence, in the language of findings, and the numbers behind it. */
  readonly detail: string;
  readonly numbers?: Readonly<Record<string, number>> | undefined;
  /** Of a state that is told once and stays: where no end of it comes, it is over only after so long. */
  readonly quietAfterMs?: number | undefined;
  /** Further labels, such as those of its rule. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The line or the reading as text. */
  readonly exemplars: readonly Exemplar[];
}

/** A finding about a machine as correlation folds it. Its fingerprint depends on nothing but family, host and sensor. */
export function hardwareHit(finding: HardwareFinding, config: Pick<Config, 'domains'>): Hit {
  const {
    rule,
    family = rule,
    component,
    exemplars,
    count = 1,
    numbers,
    quietAfterMs,
    sensorNumber,
  } = finding;
  const { host, service, type, sensor } = subjectOf(finding);
  const fingerprint = hash('sha1', JSON.stringify([family, host, sensor]), 'hex').slice(0, 16);
  const id = `${rule}-${fingerprint}-${host}-${finding.lastSeen.toString(36)}-${finding.arrivedAt.toString(36)}`;
  return {
    kind: 'hit',
    id,
    traceId: exemplars[0]?.id ?? id,
    domain: domainFor(config.domains, type, service).name,
    fingerprint,
    rule,
    pack: finding.pack ?? 'hardware',
    title: titleOf(finding, host, sensor),
    severity: finding.severity,
    pinned: finding.pinned ?? false,
    runbook: finding.runbook,
    service,
    type,
    count: Math.max(1, count),
    hosts: [{ name: host, count: Math.max(1, count) }],
    otherHostsCount: 0,
    firstSeen: iso(finding.firstSeen),
    lastSeen: iso(finding.lastSeen),
    arrivedAt: iso(finding.arrivedAt),
    exemplars: exemplars.map((each) => ({ ...each, text: each.text.slice(0, maxText).toWellFormed() })),
    captures: capturesOf(finding),
    ...(quietAfterMs !== undefined && { quietAfterMs }),
    labels: {
      ...finding.labels,
      component,
      ...(sensor !== '' && { sensor }),
      ...(sensorNumber !== undefined && { sensor_number: hexadecimal(sensorNumber) }),
    },
    detail: finding.detail,
    ...(numbers && { numbers: { ...numbers } }),
  };
}

/** The end of such a finding on one host. @param at event time of what says so; it must be later than the last sight of the failure */
export function hardwareClear(
  subject: HardwareSubject,
  said: { readonly at: number; readonly arrivedAt: number; readonly exemplar: Exemplar },
  config: Pick<Config, 'domains'>,
): Clear {
  const { rule } = subject;
  const { host, service, type, sensor } = subjectOf(subject);
  return {
    kind: 'clear',
    id: `${rule}-clear-${host}-${sensor}-${said.at.toString(36)}`,
    domain: domainFor(config.domains, type, service).name,
    rule,
    purpose: 'resolved-by',
    service,
    type,
    hosts: [{ name: host, lastSeen: iso(said.at) }],
    arrivedAt: iso(said.arrivedAt),
    captures: capturesOf(subject),
    exemplar: said.exemplar,
  };
}

/** Lists name nothing but titles: which machine, and which part of it. */
function titleOf({ title }: HardwareFinding, host: string, sensor: string): string {
  return `${title} · ${sensor === host ? host : `${host} ${sensor}`.trim()}`;
}

function subjectOf({ host, sensor = '', service = 'hardware', type = 'ipmi' }: HardwareSubject) {
  return { host, service, type, sensor: sensor.slice(0, maxName).toWellFormed() };
}

function capturesOf(subject: HardwareSubject): Record<string, string> {
  const { host, sensor } = subjectOf(subject);
  return { host, sensor };
}

function hexadecimal(number: number): string {
  return `0x${number.toString(16).padStart(2, '0')}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
