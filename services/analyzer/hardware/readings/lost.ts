import type { Config } from '#shared/config/index.ts';
import type { Clear, Hit, ServerStatus } from '#shared/model/index.ts';
import type { OpenFindings } from './open-findings.ts';
import { rules } from './rules.ts';
import type { Sensor } from './sensor.ts';
import { wording } from './wording.ts';

const minuteMs = 60_000;
/** Readings that a sensor must have given before it can be missed, and how long it is waited for. */
const fewestGood = 20;
const fewestSilent = 3;
const waitMs = 5 * minuteMs;
/** Where more than so many of a machine's sensors give nothing, it is the BMC that lost them. */
const mostLost = 0.3;
/** Entity of the sensors that stand for the chassis status. */
const chassis = 'Chassis';

/**
 * Fans and power supplies that used to give something and do not any more, while the machine is on and most of its other sensors read.
 * Of other parts a BMC gives nothing for many reasons.
 */
export function judgeLost(
  sensors: readonly Sensor[],
  status: ServerStatus,
  arrivedAt: number,
  open: OpenFindings,
  { language, hardware }: Pick<Config, 'language' | 'hardware'>,
): (Hit | Clear)[] {
  if (status.outcome !== 'ok' || status.power !== 'on') return [];
  const working = sensors.filter(({ good }) => good >= fewestGood);
  const lost = working.filter(({ silent }) => silent > 0);
  const isOfBmc = lost.length > mostLost * working.length;
  const at = Date.parse(status.timestamp);
  return sensors.flatMap((sensor): (Hit | Clear)[] => {
    const { name, policy, silent, silentSince } = sensor;
    if (policy.component !== 'fan' && policy.component !== 'power-supply') return [];
    // What the chassis status says is missing where the BMC does not answer that one question: no part is lost.
    if (sensor.entity === chassis) return [];
    const key = `lost ${name}`;
    const line = `${name} | - | ${silent > 0 ? 'unknown' : 'ok'}`;
    const exemplar = {
      id: `${status.id}-${name}`,
      timestamp: status.timestamp,
      host: status.host,
      text: line,
      before: [],
    };
    if (silent === 0) return open.clear(key, { at, arrivedAt, exemplar });
    const isSure = silent >= Math.max(fewestSilent, hardware.confirmPolls) && at - silentSince >= waitMs;
    if (isOfBmc || !isSure || sensor.good < fewestGood) return [];
    const finding = {
      rule: rules.sensorLost.id,
      title: rules.sensorLost.title[language],
      runbook: rules.sensorLost.runbook,
      host: status.host,
      sensor: name,
      service: policy.service,
      type: policy.type,
      component: policy.component,
      severity: 'warning' as const,
      firstSeen: silentSince,
      lastSeen: at,
      detail: wording[language].lost(name, (at - silentSince) / minuteMs),
      numbers: { minutes: Math.round((at - silentSince) / minuteMs) },
      exemplars: [exemplar],
    };
    return open.see(key, finding, arrivedAt);
  });
}
