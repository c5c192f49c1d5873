import { createHash } from 'node:crypto';
import type { Finding, Severity } from '#shared/model/index.ts';
import { createRandom, type Random } from '#test/integrity/random.ts';

/** One finding of the storm, and when it is put on the bus, in milliseconds from the storm's beginning. */
export interface Planned {
  readonly id: string;
  readonly severity: Severity;
  readonly afterMs: number;
  readonly make: (now: number) => Finding;
}

export interface StormOptions {
  readonly findings: number;
  readonly criticals: number;
  readonly services: number;
  readonly ms: number;
  readonly seed: number;
}

const titles = [
  'Connection pool exhausted',
  'Too many open files',
  '无法连接数据库',
  'Disk is almost full',
  'Out of memory: process was killed',
  '消息积压',
  'Certificate is about to expire',
  'Time-out of a call',
] as const;

/**
 * Distinct incidents at random moments of a minute: services are hit unevenly (the n-th by 1/n), as in a real storm; the critical
 * ones lie at random places.
 */
export function stormOf({ findings, criticals, services, ms, seed }: StormOptions): Planned[] {
  const random = createRandom(seed);
  const isCritical = new Set<number>();
  while (isCritical.size < criticals) isCritical.add(random.between(0, findings - 1));
  const weights = Array.from({ length: services }, (_, index) => 1 / (index + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const pickService = (): number => {
    let left = random.next() * whole;
    return Math.max(
      0,
      weights.findIndex((weight) => {
        left -= weight;
        return left <= 0;
      }),
    );
  };
  const planned = Array.from({ length: findings }, (_, index): Planned => {
    const fingerprint = createHash('sha256').update(`${seed}/${index}`).digest('hex').slice(0, 16);
    const id = `0-${fingerprint}-${(Date.UTC(2026, 0, 1) + index).toString(36)}`;
    const severity = isCritical.has(index) ? 'critical' : random.next() < 0.5 ? 'warning' : 'info';
    const service = `service-${pickService()}`;
    const own = random.between(0, 2 ** 31);
    return {
      id,
      severity,
      afterMs: random.next() * ms,
      make: (now) => findingOf({ id, fingerprint, severity, service }, createRandom(own), now),
    };
  });
  return planned.sort((a, b) => a.afterMs - b.afterMs);
}

/** As large as one with stack traces, some lines before them, a runbook or two and, at a third, a conclusion: 3 to 12 KB. */
function findingOf(
  base: Pick<Finding, 'id' | 'fingerprint' | 'severity' | 'service'>,
  random: Random,
  now: number,
): Finding {
  const at = new Date(now).toISOString();
  const hostCount = random.between(1, 12);
  const hosts = Array.from({ length: Math.min(hostCount, 10) }, (_, index) => `${base.service}-web-${index}`);
  const title = random.pick(titles);
  const exemplars = Array.from({ length: random.between(1, 3) }, (_, index) => ({
    id: `${base.fingerprint}-${index}`,
    timestamp: at,
    host: hosts[index % hosts.length] ?? '',
    file: `/var/log/${base.service}/app.log`,
    text: [
      `${at} ERROR [worker-${random.between(1, 64)}] OrderService - ${title} (request ${random.between(1, 1e9)})`,
      ...Array.from(
        { length: random.between(0, 14) },
        (_, frame) =>
          `\tat com.example.${base.service.replace('-', '')}.Orders.step${frame}(Orders.java:${random.between(1, 900)})`,
      ),
    ].join('\n'),
    before: Array.from(
      { length: random.between(0, 6) },
      (_, line) => `${at} INFO [worker-${line}] request ${random.between(1, 1e9)} served in 12 ms`,
    ),
  }));
  const [first] = exemplars;
  const hasConclusion = random.next() < 1 / 3;
  return {
    ...base,
    traceId: createHash('md5').update(base.id).digest('hex'),
    revision: 1,
    incidentRevision: 1,
    materialRevision: 1,
    state: 'open',
    openings: 1,
    domain: 'default',
    rule: `storm.${titles.indexOf(title)}`,
    pack: 'storm',
    title,
    type: 'app',
    severityReasons: [`rule says ${base.severity}`],
    count: random.between(1, 5000),
    hosts,
    hostCount,
    firstSeen: at,
    lastSeen: at,
    arrivedAt: at,
    createdAt: at,
    old: false,
    exemplars,
    labels: { team: `team-${random.between(1, 40)}`, region: 'cn-north' },
    series: {
      startAt: now - 600_000,
      stepMs: 30_000,
      counts: Array.from({ length: 20 }, () => random.between(0, 300)),
    },
    assets: [
      {
        host: hosts[0] ?? '',
        owner: `owner-${random.between(1, 90)}`,
        facts: { rack: 'A-12', model: 'R740', environment: 'production' },
      },
    ],
    runbooks: [
      { name: 'database', title: '数据库无法连接', section: '处理', foundBy: 'search', score: 0.031 },
    ],
    ...(hasConclusion && first !== undefined
      ? {
          reasoning: 'model' as const,
          conclusion: {
            verdict: 'actionable',
            summary: '数据库主节点拒绝连接，上游订单服务的请求全部失败，影响下单与支付',
            cause: '连接数达到 max_connections 上限：连接池没有归还连接，且最近一次发布提高了并发',
            proven: true,
            evidence: [{ id: first.id, text: first.text }],
            actions: [
              { text: '检查连接池', runbook: { name: 'database', title: '数据库无法连接', section: '处理' } },
              { text: '回滚最近一次发布' },
            ],
            severity: base.severity,
            confidence: 0.8,
            model: 'qwen3:8b',
            answeredAt: at,
            shape: '5f1d',
            durationMs: 4200,
            promptTokens: 3100,
            outputTokens: 220,
          },
        }
      : { reasoning: 'pending' as const }),
  };
}
