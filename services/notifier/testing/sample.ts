import type { Conclusion, Finding, Message, MessageReason } from '#shared/model/index.ts';

/** An ordinary finding, for tests, with what the test cares for put in. */
export function sampleFinding(over: Partial<Finding> = {}): Finding {
  return {
    id: '0-a1b2c3d4e5f60718-m3k9x2p0',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    revision: 1,
    incidentRevision: 1,
    materialRevision: 1,
    state: 'open',
    openings: 1,
    domain: 'default',
    fingerprint: 'a1b2c3d4e5f60718',
    rule: 'connection-refused',
    pack: 'database',
    title: '无法连接数据库',
    service: 'order-api',
    type: 'app',
    severity: 'critical',
    severityReasons: ['rule says critical'],
    count: 42,
    hosts: ['web-1', 'web-2'],
    hostCount: 12,
    firstSeen: '2026-11-21T01:00:00.000Z',
    lastSeen: '2026-11-21T01:02:03.000Z',
    arrivedAt: '2026-11-21T01:00:00.500Z',
    createdAt: '2026-11-21T01:00:01.000Z',
    old: false,
    exemplars: [
      {
        id: 'e1',
        timestamp: '2026-11-21T01:00:00.000Z',
        host: 'web-1',
        text: 'ERROR connect to 10.0.0.5:5432 failed: Connection refused\n    at org.postgresql.Driver.<init>(Driver.java:51)',
        before: ['INFO checking out order 7'],
      },
    ],
    reasoning: 'off',
    ...over,
  };
}

export function sampleConclusion(over: Partial<Conclusion> = {}): Conclusion {
  return {
    verdict: 'actionable',
    summary: '数据库主节点拒绝连接',
    cause: '连接数达到 max_connections 上限',
    proven: true,
    evidence: [{ id: 'e1', text: 'ERROR connect to 10.0.0.5:5432 failed: Connection refused' }],
    actions: [
      { text: '检查连接池', runbook: { name: 'database', title: '数据库无法连接', section: '处理' } },
      { text: '重启 pgbouncer' },
    ],
    severity: 'critical',
    confidence: 0.8,
    model: 'qwen3:8b',
    answeredAt: '2026-11-21T01:00:03.000Z',
    shape: '5f1d',
    durationMs: 1200,
    promptTokens: 1000,
    outputTokens: 120,
    ...over,
  };
}

/** The message that notify makes of a finding. */
export function sampleMessage(
  over: Partial<Finding> = {},
  reason: MessageReason = 'opened',
  channel = 'feishu',
): Message {
  const finding = sampleFinding(over);
  return {
    id: `${channel}:${finding.id}:${finding.revision}`,
    traceId: finding.traceId,
    channel,
    groupId: `${channel}:${finding.id}`,
    reason,
    finding,
    queuedAt: '2026-11-21T01:00:01.000Z',
  };
}
