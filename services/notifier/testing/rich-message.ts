import type { Message } from '#shared/model/index.ts';
import { sampleConclusion, sampleMessage } from './sample.ts';

/** A message with everything that a card can show, as an ordinary outage makes it. */
export function richMessage(over: Partial<Message> = {}): Message {
  const wang = { id: 'wang-fang', name: '王芳' };
  const message = sampleMessage({
    state: 'acknowledged',
    revision: 4,
    severityReasons: ['规则定为严重', '影响 3 台主机'],
    hosts: ['web-1', 'web-2', 'web-3'],
    hostCount: 3,
    assets: [{ host: 'web-1', owner: '支付组', facts: { rack: 'R12', model: 'R740' } }],
    labels: { team: 'payments' },
    series: {
      startAt: Date.parse('2026-11-21T00:50:00.000Z'),
      stepMs: 60_000,
      counts: [0, 1, 0, 0, 2, 1, 0, 3, 8, 15, 21, 34, 29, 18, 12, 9, 14, 6, 4, 2],
    },
    acknowledged: { by: wang, at: '2026-11-21T01:03:10.000Z' },
    assignee: wang,
    history: [{ id: 'a1', at: '2026-11-21T01:03:10.000Z', action: 'acknowledge', by: wang }],
    reasoning: 'model',
    conclusion: sampleConclusion({
      summary: 'order-api 无法连接订单库，下单请求失败',
      cause:
        '10.0.0.5 上的 PostgreSQL 已用尽 max_connections（100）。09:00 发布后 order-api 的连接池由 20 调到 60，三台实例合计超过上限，新的连接被拒绝。',
      actions: [
        {
          text: '查看当前连接数：SELECT count(*) FROM pg_stat_activity;',
          runbook: { name: 'db', title: '数据库无法连接', section: '检查' },
        },
        {
          text: '把 order-api 的 maximumPoolSize 调回 20 并滚动重启',
          runbook: { name: 'db', title: '数据库无法连接', section: '处理' },
        },
        { text: '必要时用 pg_terminate_backend 结束空闲连接' },
      ],
    }),
  });
  const { id, revision, title, service, severity, state, count, hostCount, firstSeen, lastSeen } =
    message.finding;
  const member = { id, revision, title, service, severity, state, count, hostCount, firstSeen, lastSeen };
  return {
    ...message,
    mentions: [{ name: '王芳', feishu: 'ou_7d8a6e6df7621556ce0d21922b676706' }],
    others: [
      {
        ...member,
        id: '0-71c2d3e4f5061728-m3k9x4a1',
        title: '请求超时',
        severity: 'warning',
        state: 'open',
        count: 318,
      },
      {
        ...member,
        id: '0-9f0e1d2c3b4a5968-m3k9x5b7',
        title: '健康检查失败',
        severity: 'warning',
        state: 'resolved',
        count: 7,
      },
    ],
    otherCount: 2,
    ...over,
  };
}
