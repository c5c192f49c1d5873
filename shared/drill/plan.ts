import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { drillPack, drillService, type LogEvent, type Severity } from '#shared/model/index.ts';
import { drillChannel } from '#shared/routing/index.ts';

/** What one drill is about. */
export interface DrillPlan {
  /** 16 random hexadecimal digits: no two drills share a fingerprint, an incident or a card. */
  readonly id: string;
  readonly type: string;
  readonly severity: Severity;
  readonly channel: string;
  readonly timeoutMs: number;
}

/** What of a drill can be asked for otherwise than the configuration has it. */
export interface DrillWishes {
  readonly timeoutSeconds?: number | undefined;
}

/**
 * A new drill as the configuration wants it.
 *
 * @throws LogpatrolError `invalid-config` where no rule would see its line: the type has no route, or its packs leave out the one of drills
 */
export function planDrill(config: Config, { timeoutSeconds }: DrillWishes = {}): DrillPlan {
  const { drill } = config;
  return {
    id: randomBytes(8).toString('hex'),
    type: drillType(config),
    severity: drill.severity,
    channel: drillChannel(config),
    timeoutMs: (timeoutSeconds ?? drill.timeoutSeconds) * 1000,
  };
}

function drillType({ drill, routes }: Config): string {
  const isSeen = (type: string): boolean => routes[type]?.packs?.includes(drillPack) ?? true;
  const types = Object.keys(routes);
  if (drill.type === undefined) {
    const first = types.find(isSeen);
    if (first !== undefined) return first;
    throw new LogpatrolError(
      'invalid-config',
      `no route looks with the rule pack "${drillPack}", which knows drills: add it to routes.${types[0] ?? 'app'}.packs`,
    );
  }
  if (!types.includes(drill.type))
    throw new LogpatrolError(
      'invalid-config',
      `drill.type: there is no route "${drill.type}" under routes; there are ${types.join(', ')}`,
    );
  if (isSeen(drill.type)) return drill.type;
  throw new LogpatrolError(
    'invalid-config',
    `routes.${drill.type}.packs leaves out the rule pack "${drillPack}", which knows drills: add it, or set drill.type`,
  );
}

/** The line that begins a drill, or ends it: what the rules of `rules/logpatrol.yaml` match. */
export function drillRecord({ id, type, severity }: DrillPlan, part: 'begin' | 'end', at: number): OutRecord {
  const message =
    part === 'begin'
      ? `LOGPATROL-DRILL begin ${severity} id=${id} (演练，并无故障 / a drill, nothing is wrong)`
      : `LOGPATROL-DRILL end id=${id} (演练结束 / the drill is over)`;
  const event: LogEvent = {
    '@timestamp': new Date(at).toISOString(),
    message,
    host: { name: hostname() },
    service: { name: drillService },
    labels: { drill: 'true' },
    fields: { log_type: type },
  };
  // Both lines of a drill go to one partition, so that the end is read after the beginning.
  return { topic: topic.logs(type), key: id, value: JSON.stringify(event) };
}
