import { Correlator } from '#services/analyzer/correlate/index.ts';
import { createDetector, type RuleSet } from '#services/analyzer/detect/index.ts';
import { findingOf } from '#services/analyzer/reason/index.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Incident, isAtLeast } from '#shared/model/index.ts';
import type { Alert } from './accuracy-alerts.ts';
import { alarmSeverity } from './accuracy-detection.ts';
import type { LineLabel } from './accuracy-scores.ts';

const type = 'measured';
/** As the service: a tick must come every 10 s for silence to count. */
const tickMs = 10_000;

/**
 * The alerts of a log of the form of BGL's (each line begins with its time in seconds), one line after the other as they came, by the
 * clock of the log: incidents open, are resolved when quiet, and open again.
 */
export function alertsOf(text: string, labels: readonly LineLabel[], rules: RuleSet, set: string): Alert[] {
  const config = ConfigSchema.parse({ language: 'en', routes: { [type]: {} } });
  const detector = createDetector({ rules, type, domains: config.domains });
  const correlator = new Correlator({
    incidents: config.incidents,
    language: 'en',
    domain: 'default',
    partition: 0,
  });
  const quietMs = config.incidents.quietMinutes * 60_000;
  /** By incident and opening, in the order in which they were told; a line that is labelled makes them right. */
  const alerts = new Map<string, { alert: Omit<Alert, 'isRight'>; isRight: boolean }>();
  const labelled = new Set<string>();
  let last = 0;
  for (const [offset, message] of text.trimEnd().split('\n').entries()) {
    const now = Number(message.slice(0, message.indexOf(' '))) * 1000;
    // The lines of the sample are not all in order; the clock does not go back.
    const clock = Math.max(now, last);
    for (let at = last; last > 0 && at < Math.min(clock, last + quietMs + 3 * tickMs); at += tickMs)
      correlator.tick(at, true);
    last = clock;
    correlator.tick(clock, true);
    const record = {
      topic: `logs.${type}`,
      partition: 0,
      offset,
      key: null,
      value: Buffer.from(JSON.stringify({ message, service: { name: 'bgl' } })),
      headers: {},
      timestamp: clock,
    };
    const { signals, clears } = detector.detect([record], clock);
    for (const clear of clears) correlator.clear(clear);
    for (const signal of signals) correlator.fold(signal, clock);
    const isLabelled = labels[offset]?.label !== undefined;
    const touched = new Set(signals.map(({ fingerprint }) => fingerprint));
    for (const incident of correlator.take(clock)) {
      if (incident.state === 'pending' || !touched.has(incident.fingerprint)) continue;
      const key = `${incident.id} ${incident.openings}`;
      if (isLabelled) labelled.add(key);
      const known = alerts.get(key);
      if (known === undefined && isTold(incident, clock)) {
        const { id, rule, fingerprint, service, hosts, severity, pinned, template } = incident;
        alerts.set(key, {
          alert: {
            finding: {
              ...{ id, rule, fingerprint, service, type: incident.type, severity, pinned },
              hosts: hosts.map(({ name }) => name),
              template: template?.id,
            },
            set,
          },
          isRight: false,
        });
      }
    }
  }
  return [...alerts].map(([key, { alert }]) => ({ ...alert, isRight: labelled.has(key) }));
}

function isTold(incident: Incident, now: number): boolean {
  const { severity } = findingOf(incident, { now, language: 'en', reasoning: 'off' });
  return isAtLeast(severity, alarmSeverity);
}
