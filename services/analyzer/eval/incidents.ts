import type { BusRecord } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Hit, Incident } from '#shared/model/index.ts';
import { type Correlator, finishedLogsCorrelator } from '../correlate/index.ts';
import { createDetector, domainFor, inTimeOrder, type RuleSet } from '../detect/index.ts';
import { rateHit, ratesWording } from '../rates/index.ts';
import { rateRule, type Scenario, type ScenarioRate } from './scenario.ts';

const minuteMs = 60_000;
/** As of a service that has been watched for a month. */
const historyHours = 720;
/** What rates call a window. In minutes. */
const windowMinutes = 5;

/** The incidents of a scenario's lines, by the product's own detection and correlation. */
export function incidentsOf(
  scenario: Scenario,
  records: ReadonlyMap<string, readonly BusRecord[]>,
  { config, rules }: { readonly config: Config; readonly rules: RuleSet },
): Incident[] {
  const now = Date.parse(scenario.at);
  const correlators = new Map<string, Correlator>();
  const correlatorOf = (domain: string) => {
    const correlator = correlators.get(domain) ?? finishedLogsCorrelator(config, domain);
    correlators.set(domain, correlator);
    return correlator;
  };
  for (const [type, ofType] of records) {
    const detector = createDetector({
      rules,
      type,
      packs: config.routes[type]?.packs,
      domains: config.domains,
      timeZone: 'UTC',
    });
    const { signals, clears } = detector.detect(ofType, now);
    for (const signal of inTimeOrder(signals, clears)) {
      const correlator = correlatorOf(signal.domain);
      if (signal.kind === 'hit') correlator.fold(signal, now);
      else correlator.clear(signal);
    }
  }
  if (scenario.rate !== undefined) {
    const { type, service } = scenario.rate;
    const domain = domainFor(config.domains, type, service).name;
    correlatorOf(domain).fold(hitOf(scenario.rate, { domain, now, language: scenario.language }), now);
  }
  return [...correlators.values()].flatMap((correlator) => {
    correlator.decide(now);
    return correlator.incidents(now).filter(({ state }) => state !== 'pending');
  });
}

/**
 * The incident that the scenario is about.
 *
 * @throws LogpatrolError `invalid-config` where there is none, or more than one
 */
export function subjectOf({ name, about }: Scenario, incidents: readonly Incident[]): Incident {
  const found = incidents.filter(
    ({ rule, service, exemplars }) =>
      rule === about.rule &&
      (about.service === undefined || service === about.service) &&
      (about.line === undefined || exemplars.some(({ text }) => text.includes(about.line ?? ''))),
  );
  const [incident] = found;
  if (incident !== undefined && found.length === 1) return incident;
  const there = incidents.map(({ rule, service }) => `${rule} of ${service}`).join(', ');
  throw new LogpatrolError(
    'invalid-config',
    `scenario ${name}: its lines make ${found.length === 0 ? 'no' : 'more than one'} incident as about has it; there are: ${there}`,
  );
}

/** As rates would say it. */
function hitOf(
  rate: ScenarioRate,
  { domain, now, language }: { domain: string; now: number; language: Scenario['language'] },
): Hit {
  const say = ratesWording[language];
  const { silent, spike, new: news, service, type, host, severity } = rate;
  const since = now - (silent?.minutes ?? windowMinutes) * minuteMs;
  const facts =
    silent !== undefined
      ? { title: say.silentTitle, detail: say.silent(silent), numbers: silent, count: 1 }
      : spike !== undefined
        ? {
            title: say.spikeTitle,
            detail: say.spike({
              ...spike,
              minutes: windowMinutes,
              factor: spike.lines / Math.max(1, spike.busiest),
              hours: historyHours,
            }),
            numbers: spike,
            count: spike.lines,
          }
        : {
            title: say.newTitle,
            detail: say.isNew(news?.lines ?? 1, historyHours, news?.kinds ?? 1),
            numbers: { ...news },
            count: news?.lines ?? 1,
          };
  return rateHit({
    ...facts,
    rule: rateRule(rate),
    domain,
    service,
    type,
    severity,
    template: { id: `eval-${service}`, text: rate.template },
    exemplar: {
      id: `eval-${service}-line`,
      timestamp: new Date(since).toISOString(),
      host,
      text: rate.line,
      before: [],
    },
    firstSeen: since,
    lastSeen: now,
    arrivedAt: now,
  });
}
