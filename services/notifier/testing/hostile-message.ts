import {
  type CardMember,
  type Finding,
  type Message,
  MessageReason,
  personActions,
  type Severity,
  severities,
} from '#shared/model/index.ts';
import { hostileText } from './hostile.ts';
import { sampleConclusion, sampleMessage } from './sample.ts';

/** A message every text of which is hostile, in all shapes that messages have; `round` chooses the reason. */
export function hostileMessage(random: () => number, round: number): Message {
  const often = (share: number) => random() < share;
  /** Mostly short, so that many of them are on a card whole; a cut may leave half of anything. */
  const text = () => (often(0.95) ? hostileText(random).slice(0, 200) : hostileText(random));
  const one = <T>(all: readonly [T, ...T[]]): T => all[Math.floor(random() * all.length)] ?? all[0];
  const id = () => (often(0.3) ? text() : `0-${Math.floor(random() * 1e15).toString(16)}-m3k9x2p0`);
  const at = '2026-11-21T01:00:00.000Z';
  const related = () => ({ id: id(), service: text(), title: text() });
  const section = () => ({ name: text(), title: text(), section: text() });
  const actor = () => ({ id: text().slice(0, 200) || 'x', name: text().slice(0, 200) || 'x' });
  const severity = (): Severity => one(severities);
  const member = (): CardMember => ({
    id: id(),
    revision: 1,
    title: text(),
    service: text(),
    severity: severity(),
    state: one(['open', 'acknowledged', 'resolved'] as const),
    count: Math.ceil(random() * 1e9),
    hostCount: 3,
    firstSeen: at,
    lastSeen: at,
  });
  const some = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make);
  const record = (most: number) => Object.fromEntries(some(most, () => [text(), text()]));
  const over: Partial<Finding> = {
    id: id(),
    title: text(),
    service: text(),
    rule: text(),
    pack: text(),
    fingerprint: text(),
    severity: severity(),
    pinned: often(0.2),
    hosts: some(8, text),
    hostCount: Math.floor(random() * 9),
    severityReasons: some(6, text),
    state: one(['open', 'acknowledged', 'resolved'] as const),
    exemplars: [1, 2, 3].map((number) => ({
      id: `e${number}`,
      timestamp: at,
      host: text(),
      text: text(),
      before: some(3, text),
    })),
    ...(often(0.5) && {
      reasoning: 'unavailable' as const,
      reasoningNote: text(),
      runbooks: some(4, () => ({ ...section(), foundBy: 'search' as const, score: 1, steps: some(7, text) })),
      assets: some(3, () => ({ host: text(), owner: text(), facts: record(6) })),
      hardware: related(),
      similar: some(4, () => ({ id: id(), title: text(), lastSeen: at, cause: text(), feedback: text() })),
    }),
    ...(often(0.5) && {
      detail: text(),
      flapping: often(0.5),
      knownGood: true,
      causedBy: related(),
      dependants: some(6, related),
      dependantCount: 10_000_000,
      labels: record(6),
      muted: { control: text(), kind: 'feedback' as const, by: text(), note: text(), until: at },
    }),
    ...(often(0.5) && {
      acknowledged: { by: actor(), at },
      assignee: actor(),
      history: some(12, () => ({
        id: id(),
        at,
        action: one(personActions),
        by: actor(),
        to: actor(),
        note: text().slice(0, 500),
      })),
    }),
    ...(often(0.5) && {
      series: {
        startAt: Date.parse(at),
        stepMs: one([1000, 60_000, 3_600_000]),
        counts: some(60, () => Math.floor(random() * 1e9)),
      },
    }),
    ...(often(0.5) && {
      conclusion: sampleConclusion({
        summary: text(),
        cause: text(),
        proven: often(0.5),
        evidence: [
          { id: 'e2', text: text() },
          { id: id(), host: text(), text: text() },
          { id: id(), timestamp: at, text: text() },
        ],
        actions: [{ text: text() }, { text: text(), runbook: section() }],
        model: text(),
        takenFrom: text(),
      }),
    }),
  };
  const others = often(0.3) ? some(often(0.2) ? 49 : 5, member) : [];
  return {
    ...sampleMessage(over, MessageReason.options[round % MessageReason.options.length] ?? 'opened'),
    ...(others.length > 0 && { others, otherCount: others.length + Math.floor(random() * 3) }),
    ...(often(0.3) && { heldBack: { count: 12_345, since: at } }),
    ...(often(0.3) && { meantFor: text() }),
    ...(often(0.3) && {
      mentions: [
        { name: text(), feishu: 'ou_7d8a6e6df7621556ce0d21922b676706' },
        { name: text(), feishu: text() },
        { name: text() },
      ],
    }),
  };
}
