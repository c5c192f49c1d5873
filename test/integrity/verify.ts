import type { Bus } from '#shared/bus/port.ts';
import { Finding, Incident } from '#shared/model/index.ts';
import type { Store } from '#shared/store/port.ts';
import type { Truth } from './load.ts';

/** The incidents that each channel's group has been told of, by channel: its cards name them, as their own or in a list. */
export type ToldIncidents = ReadonlyMap<string, ReadonlySet<string>>;

export interface Observed {
  readonly logsStored: number;
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly findings: ReadonlyMap<string, Finding>;
  readonly storedFindings: number;
  readonly told: ToldIncidents;
}

export interface Sources {
  readonly bus: Bus;
  readonly store: Store;
  told(): Promise<ToldIncidents>;
}

/** Everything that can be seen from outside, as it is now. */
export async function observe(sources: Sources): Promise<Observed> {
  const { bus, store } = sources;
  await store.refresh();
  const incidents = new Map<string, Incident>();
  for await (const record of bus.read('incidents')) {
    const key = record.key?.toString() ?? '';
    if (record.value === null) incidents.delete(key);
    else incidents.set(key, Incident.parse(JSON.parse(record.value.toString())));
  }
  const findings = new Map<string, Finding>();
  for await (const record of bus.read('findings')) {
    const key = record.key?.toString() ?? '';
    if (record.value === null) findings.delete(key);
    else findings.set(key, Finding.parse(JSON.parse(record.value.toString())));
  }
  const stored = await store.searchFindings({ limit: 10_000 });
  return {
    logsStored: await store.countLogs({ type: 'app' }),
    incidents,
    findings,
    storedFindings: stored.length,
    told: await sources.told(),
  };
}

/** The failure that an incident is about, from the text of its first line. */
export function failureOf(item: { readonly exemplars: readonly { readonly text: string }[] }): string {
  return /in module (\S+)/.exec(item.exemplars[0]?.text ?? '')?.[1] ?? '(no exemplar)';
}

/** Every difference between what was sent and what is there, one line each; none where everything is exact. */
export function differences(truth: Truth, observed: Observed): string[] {
  const lines: string[] = [];
  if (observed.logsStored !== truth.lines)
    lines.push(`log lines: ${truth.lines} sent, ${observed.logsStored} in the store`);
  const check = (kind: string, items: ReadonlyMap<string, Incident | Finding>): void => {
    const seen = new Map<string, number>();
    for (const item of items.values()) {
      const failure = failureOf(item);
      const sent = truth.failures.get(failure);
      if (seen.has(failure)) lines.push(`${failure}: more than one ${kind} (${item.id})`);
      seen.set(failure, item.count);
      if (sent === undefined) lines.push(`${kind} ${item.id} (${failure}): never sent`);
      else if (sent !== item.count)
        lines.push(`${failure}: ${sent} lines sent, the ${kind} counts ${item.count}`);
      if (item.openings !== 1) lines.push(`${failure}: ${kind} opened ${item.openings} times`);
    }
    for (const failure of truth.failures.keys()) if (!seen.has(failure)) lines.push(`${failure}: no ${kind}`);
  };
  check('incident', observed.incidents);
  check('finding', observed.findings);
  if (observed.storedFindings !== truth.failures.size)
    lines.push(`findings in the store: ${observed.storedFindings} of ${truth.failures.size}`);
  for (const finding of observed.findings.values())
    for (const [channel, told] of observed.told)
      if (!told.has(finding.id))
        lines.push(`${failureOf(finding)}: no card of channel ${channel} names ${finding.id}`);
  return lines;
}

/**
 * Waits until nothing differs and still does not five seconds later, so that a number that only passed by the right one is
 * not taken for it.
 *
 * @returns what still differs at the deadline, and what was seen last
 */
export async function settle(
  truth: Truth,
  sources: Sources,
  deadlineMs: number,
): Promise<{ differences: string[]; observed: Observed }> {
  const deadline = Date.now() + deadlineMs;
  let calm = 0;
  while (true) {
    const observed = await observe(sources);
    const found = differences(truth, observed);
    calm = found.length === 0 ? calm + 1 : 0;
    if (calm === 2 || Date.now() > deadline) return { differences: found, observed };
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
}
