import { type Finding, type Message, MessageReason, type Severity } from '#shared/model/index.ts';
import type { Digest, DigestEntry } from '../digest.ts';

/** What the texts of a sample are made of. */
export const sampleKinds = ['ordinary', 'hostile', 'biggest', 'smallest'] as const;
export type SampleKind = (typeof sampleKinds)[number];

/** What of the hostile text is a mention and a link where it stands in Markdown as it is. */
export const hostileMarks = ['<at id=all>', '[x](http://evil.example)'] as const;

const texts: Record<SampleKind, string> = {
  ordinary: 'Cannot connect to database orders',
  hostile:
    '"}]}\n```\n<at id=all></at> [x](http://evil.example) {{ view.title }} {% raw %} </font> \\ | a | b |\n|---|---|\n    code\n# x',
  biggest: '数据库无法连接 "quoted" <tag> '.repeat(120),
  smallest: 'x',
};

const at = '2026-01-01T00:00:00.000Z';
const id = '0-a1b2c3d4e5f60718-m3k9x2p0';

/** A finding with everything in it, or, the smallest, with nothing that can be left out. */
function findingOf(kind: SampleKind, severity: Severity, state: Finding['state']): Finding {
  const text = texts[kind];
  const related = { id, service: text, title: text };
  const actor = { id: 'someone', name: text.slice(0, 200) };
  const section = { name: text, title: text, section: text };
  const base: Finding = {
    id,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    revision: 2,
    incidentRevision: 2,
    materialRevision: 1,
    state,
    openings: 1,
    domain: 'default',
    fingerprint: 'a1b2c3d4e5f60718',
    rule: 'connection-refused',
    pack: 'database',
    title: text,
    service: text,
    type: 'app',
    severity,
    severityReasons: [text],
    count: 42,
    hosts: [text],
    hostCount: 12,
    firstSeen: at,
    lastSeen: at,
    arrivedAt: at,
    createdAt: at,
    old: false,
    // One that the conclusion cites, and one that it does not.
    exemplars: ['e1', 'e2'].map((line) => ({ id: line, timestamp: at, host: text, text, before: [text] })),
    reasoning: 'off',
  };
  if (kind === 'smallest') return { ...base, hosts: [], hostCount: 0, exemplars: [], severityReasons: [] };
  return {
    ...base,
    detail: text,
    flapping: true,
    knownGood: true,
    hardware: related,
    causedBy: related,
    dependants: [related],
    dependantCount: 3,
    muted: { control: 'c', kind: 'silence', by: text, note: text, until: at },
    assets: [{ host: text, owner: text, facts: { rack: text } }],
    machines: [
      {
        ...{ host: text, server: text, at, outcome: 'unreachable', power: 'on', health: 'critical' },
        ...{ cpuPercent: 12, memoryPercent: 80 },
        readings: [
          {
            ...{ sensor: text, sensorKind: 'temperature', value: 97, unit: text, status: 'critical' },
            thresholds: { upperCritical: 80 },
            trend: { startAt: Date.parse(at), stepMs: 60_000, means: [60, null, 97] },
          },
        ],
      },
    ],
    similar: [{ id, title: text, lastSeen: at, cause: text, feedback: text }],
    runbooks: [{ ...section, foundBy: 'rule', score: 1, steps: [text] }],
    labels: { team: text, sensor: text },
    series: { startAt: Date.parse(at), stepMs: 60_000, counts: [1, 5, 2] },
    acknowledged: { by: actor, at },
    assignee: actor,
    history: [{ id: 'h1', at, action: 'hand-over', by: actor, to: actor, note: text.slice(0, 500) }],
    reasoning: 'unavailable',
    reasoningNote: text,
    conclusion: {
      verdict: 'actionable',
      summary: text,
      cause: text,
      proven: true,
      evidence: [{ id: 'e1', text }],
      actions: [{ text, runbook: section }],
      severity,
      confidence: 0.8,
      model: 'model',
      answeredAt: at,
      shape: 'shape',
      durationMs: 1200,
      promptTokens: 1,
      outputTokens: 1,
    },
  };
}

/** A message of the kind for each reason, in each state. */
export function* sampleMessages(kind: SampleKind): Generator<Message> {
  const states = ['open', 'acknowledged', 'resolved'] as const;
  for (const [index, reason] of MessageReason.options.entries()) {
    const finding = findingOf(kind, index % 2 === 0 ? 'critical' : 'warning', states[index % 3] ?? 'open');
    const others = Array.from({ length: kind === 'biggest' ? 49 : 2 }, () => finding);
    yield {
      id: `sample:${id}:${index}`,
      traceId: finding.traceId,
      channel: 'sample',
      groupId: `sample:${id}`,
      reason,
      finding,
      queuedAt: at,
      ...(kind !== 'smallest' && {
        others,
        otherCount: others.length + 1,
        mentions: [
          { name: texts[kind], feishu: 'ou_7d8a6e6df7621556ce0d21922b676706' },
          { name: texts[kind] },
        ],
        heldBack: { count: 3, since: at },
        meantFor: 'another',
      }),
    };
  }
}

export function sampleDigest(kind: SampleKind): Digest {
  const entry = (severity: Severity, number: number): DigestEntry => ({
    messageId: `sample:${number}`,
    incidentId: id,
    severity,
    reason: 'opened',
    state: 'open',
    service: texts[kind],
    title: texts[kind],
    count: 42,
    otherCount: number % 2,
    firstSeen: at,
  });
  const count = kind === 'biggest' ? 100 : kind === 'smallest' ? 1 : 4;
  const severities = ['critical', 'warning', 'info'] as const;
  return {
    id: 'sample:digest',
    entries: Array.from({ length: count }, (_, index) => entry(severities[index % 3] ?? 'info', index)),
    waiting: kind === 'smallest' ? 0 : 7,
  };
}
