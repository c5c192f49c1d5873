import type { Config } from '#shared/config/index.ts';
import type { Clear, Hit, Reading } from '#shared/model/index.ts';
import { findingOfReading } from './finding-of-reading.ts';
import type { Finding, OpenFindings } from './open-findings.ts';
import type { Sensor } from './sensor.ts';
import { after, verdict } from './streak.ts';
import { type Crossed, crossedLimit, readingExemplar } from './text.ts';
import { wording } from './wording.ts';

/** What a reading says by the limits in force, which its status is by. */
export function judgeLimits(
  sensor: Sensor,
  reading: Reading,
  arrivedAt: number,
  open: OpenFindings,
  language: Config['language'],
): (Hit | Clear)[] {
  const key = limitKey(sensor.name);
  const at = Date.parse(reading.timestamp);
  const known = open.get(key);
  sensor.streak = after(sensor.streak, reading, at, known && crossedOf(known));
  if (reading.status === 'unknown' || reading.status === 'absent') return [];
  const said = verdict(sensor.streak, sensor.policy, at, known?.severity);
  switch (said) {
    case undefined:
      return [];
    case 'clear':
      return open.clear(key, { at, arrivedAt, exemplar: readingExemplar(reading, sensor.name) });
    case 'warning':
    case 'critical': {
      // A milder reading does not soften what a finding says until it counts.
      if (reading.status === 'ok' || (known?.severity === said && reading.status !== said)) return [];
      return open.see(key, findingOf(sensor, reading, said, language), arrivedAt);
    }
  }
}

export function limitKey(sensor: string): string {
  return `limit ${sensor}`;
}

function findingOf(
  sensor: Sensor,
  reading: Reading,
  severity: 'warning' | 'critical',
  language: Config['language'],
): Finding {
  const { name, policy } = sensor;
  const { value, states = [], unit } = reading;
  const crossed = crossedLimit(reading, severity) ?? crossedLimit(reading, 'warning');
  const say = wording[language];
  return findingOfReading(sensor, reading, {
    ...{ rule: policy.rule, severity, language },
    ...(value === undefined
      ? { detail: say.states(name, states) }
      : {
          detail: say.limit({ sensor: name, value, unit, severity, crossed }),
          numbers: { value, ...(crossed && { limit: crossed.limit }) },
        }),
  });
}

function crossedOf({ numbers: { limit, value } = {} }: Finding): Crossed | undefined {
  if (limit === undefined || value === undefined) return undefined;
  return { limit, side: value >= limit ? 'above' : 'below' };
}
