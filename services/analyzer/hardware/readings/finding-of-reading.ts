import type { Config } from '#shared/config/index.ts';
import type { Reading, Severity } from '#shared/model/index.ts';
import type { Finding } from './open-findings.ts';
import type { ReadingRule } from './rules.ts';
import type { Sensor } from './sensor.ts';
import { readingExemplar } from './text.ts';

/** What a finding says of one reading besides which sensor it is of. */
export interface Said {
  readonly rule: ReadingRule;
  readonly severity: Severity;
  readonly detail: string;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly language: Config['language'];
}

/** The finding that one reading of a sensor makes. */
export function findingOfReading({ name, policy }: Sensor, reading: Reading, said: Said): Finding {
  const at = Date.parse(reading.timestamp);
  return {
    rule: said.rule.id,
    title: said.rule.title[said.language],
    runbook: said.rule.runbook,
    host: reading.host,
    sensor: name,
    ...(reading.sensorNumber !== undefined && { sensorNumber: reading.sensorNumber }),
    service: policy.service,
    type: policy.type,
    component: policy.component,
    severity: said.severity,
    firstSeen: at,
    lastSeen: at,
    detail: said.detail,
    ...(said.numbers && { numbers: { ...said.numbers } }),
    exemplars: [readingExemplar(reading, name)],
  };
}
