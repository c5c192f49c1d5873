import type { Control, ControlScope, Muted } from '#shared/model/index.ts';
import { type MaintenanceWindow, openUntil } from './maintenance.ts';

/** What it takes to know whether something is muted. */
export interface MuteFacts {
  /** Id of the incident, and how often it has been opened; absent where it is asked of what is no incident. */
  readonly incident?: string | undefined;
  readonly opening?: number | undefined;
  readonly fingerprint: string;
  /** Id of its template, where it has one. */
  readonly template?: string | undefined;
  /** Ids of the templates that became it: what was said of them holds for it. */
  readonly formerTemplates?: readonly string[] | undefined;
  readonly rule: string;
  readonly service: string;
  readonly type: string;
  /** Names of its hosts; incidents and findings name 50 at most. */
  readonly hosts: readonly string[];
  readonly pinned: boolean;
}

/** Whether the control speaks of this: every field that its scope names is equal, and a host is the only one. */
export function isInScope(scope: ControlScope, facts: MuteFacts): boolean {
  const { fingerprint, template, rule, service, host, type, incident } = scope;
  return (
    (incident === undefined || incident === facts.incident) &&
    (fingerprint === undefined || fingerprint === facts.fingerprint) &&
    (template === undefined ||
      template === facts.template ||
      (facts.formerTemplates?.includes(template) ?? false)) &&
    (rule === undefined || rule === facts.rule) &&
    (service === undefined || service === facts.service) &&
    (type === undefined || type === facts.type) &&
    (host === undefined || areAllHosts(facts, (name) => name === host))
  );
}

/** Whether the control holds for this opening of its incident: one that is for an opening ends when that is resolved. */
function isOfOpening({ opening }: Control, facts: MuteFacts): boolean {
  return opening === undefined || opening === facts.opening;
}

/** Whether the control holds at this moment (milliseconds since the epoch), as far as its times go. */
export function isInForce({ from, until }: Control, now: number): boolean {
  return (from === undefined || Date.parse(from) <= now) && (until === undefined || now < Date.parse(until));
}

/**
 * Who has muted an incident at the moment, if anybody: of several the one that lasts longest, so that the answer does not change
 * while it stays muted. What a rule pins is never muted; nor does a host's control mute what other hosts, or unknown ones, have too.
 *
 * @param windows the configuration's recurring maintenance windows
 * @param now milliseconds since the epoch
 */
export function mutedBy(
  facts: MuteFacts,
  controls: readonly Control[],
  windows: readonly MaintenanceWindow[],
  now: number,
): Muted | undefined {
  if (facts.pinned) return undefined;
  let longest: { readonly muted: Muted; readonly end: number } | undefined;
  const offer = (muted: Muted, end: number): void => {
    if (
      longest === undefined ||
      end > longest.end ||
      (end === longest.end && muted.control < longest.muted.control)
    )
      longest = { muted, end };
  };
  for (const control of candidates(controls, facts))
    if (isInScope(control.scope, facts) && isOfOpening(control, facts) && isInForce(control, now)) {
      const { id, kind, by, note, until, opening } = control;
      const muted: Muted = {
        ...{ control: id, kind, by },
        ...(note !== undefined && { note }),
        ...(until !== undefined && { until }),
        ...(opening !== undefined && { untilResolved: true }),
      };
      offer(muted, until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until));
    }
  for (const window of windows) {
    if (!isInWindow(window, facts)) continue;
    const until = openUntil(window, now);
    if (until === undefined) continue;
    const muted = { control: window.name, kind: 'maintenance', by: configured } as const;
    offer({ ...muted, until: new Date(until).toISOString() }, until);
  }
  return longest?.muted;
}

/** By the fingerprint that the scope names, else by the incident; under undefined those that name neither. */
type BySubject = ReadonlyMap<string | undefined, readonly Control[]>;

/** Most controls are about one failure each, and thousands of incidents are judged by the same list at every tick. */
const sorted = new WeakMap<readonly Control[], BySubject>();

/** Those of the controls that can be about this. */
function candidates(controls: readonly Control[], { fingerprint, incident }: MuteFacts): readonly Control[] {
  let known = sorted.get(controls);
  if (known === undefined) {
    known = Map.groupBy(controls, ({ scope }) => scope.fingerprint ?? scope.incident);
    sorted.set(controls, known);
  }
  const others = known.get(undefined) ?? [];
  const own = known.get(fingerprint) ?? [];
  const ofIncident = incident === undefined ? [] : (known.get(incident) ?? []);
  return own.length + ofIncident.length === 0 ? others : [...own, ...ofIncident, ...others];
}

/** Who is behind a window that stands in the configuration. */
export const configured = 'logpatrol.yaml';

function isInWindow({ services, hosts, rules, types }: MaintenanceWindow, facts: MuteFacts): boolean {
  return (
    (services?.includes(facts.service) ?? true) &&
    (rules?.includes(facts.rule) ?? true) &&
    (types?.includes(facts.type) ?? true) &&
    (hosts === undefined || areAllHosts(facts, (name) => hosts.includes(name)))
  );
}

/** So many hosts are named; where there are as many, there may be more. */
const namedHosts = 50;

/** False where some may not be known by name: falls to the side of telling. */
function areAllHosts({ hosts }: MuteFacts, isMeant: (name: string) => boolean): boolean {
  return hosts.length > 0 && hosts.length < namedHosts && hosts.every(isMeant);
}
