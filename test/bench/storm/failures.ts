import type { OutRecord } from '#shared/bus/port.ts';
import type { Severity } from '#shared/model/index.ts';

/** One failure of the storm, which is one incident. */
export interface StormFailure {
  /** Three words that no masking takes for a number, a path or an id. */
  readonly name: string;
  readonly severity: Severity;
  /** When its first line comes, from the beginning of the storm. */
  readonly afterMs: number;
}

/** Where the storm's lines go. */
export const input = 'logs.app';

/** The pack of the storm: one rule a severity, so that what is found is known exactly. */
export const stormPack = {
  pack: 'storm',
  title: 'Storm bench',
  rules: (['critical', 'warning', 'info'] as const).map((severity) => ({
    id: `storm.${severity}`,
    title: { zh: `模块故障（${severity}）`, en: `Module failure (${severity})` },
    why: 'The load of the storm bench.',
    source: 'test/bench/storm.ts',
    severity,
    keywords: [`storm failure ${severity}`],
    examples: {
      match: [`ERROR storm failure ${severity} in module alfa-bravo-charlie`],
      'no-match': ['INFO all is well'],
    },
  })),
};

const words = ['alfa', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'kilo'];

/** As many failures, evenly over the time, the first in their order; the critical ones evenly among them. */
export function stormOf(count: number, criticals: number, durationMs: number): StormFailure[] {
  const every = Math.floor(count / criticals);
  return Array.from({ length: count }, (_, index) => ({
    name: [index / 100, index / 10, index].map((at) => words[Math.floor(at) % words.length]).join('-'),
    severity: index % every === every >> 1 ? 'critical' : index % 2 === 0 ? 'warning' : 'info',
    afterMs: (index * durationMs) / count,
  }));
}

/** A line of it as Filebeat ships it. */
export function failureLine({ name, severity }: StormFailure, at: number): OutRecord {
  const time = new Date(at).toISOString();
  const host = `host-${name.length % 8}`;
  const file = `/var/log/app/${host}.log`;
  const document = {
    '@timestamp': time,
    message: `${time} ERROR storm failure ${severity} in module ${name}`,
    log: { offset: at, file: { path: file } },
    host: { name: host },
    service: { name: 'shop' },
    fields: { log_type: 'app' },
    ecs: { version: '8.0.0' },
  };
  return { topic: input, key: file, value: JSON.stringify(document) };
}
