import { describe, expect, it } from 'vitest';
import type { BusRecord } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Clear, Hit } from '#shared/model/index.ts';
import { createDetector } from './detector.ts';
import { readPack } from './rules/read-pack.ts';
import { compareRules } from './rules/rule.ts';

const reading = readPack(
  `pack: mine
title: t
rules:
  - { id: mine.login, title: t, why: w, source: s, severity: info, keywords: [login failed], correlate-by: [],
      examples: { match: [login failed], no-match: [x] } }
  - { id: mine.guessing, title: t, why: w, source: s, severity: critical, regex: 'login failed from (?<address>\\S+)',
      correlate-by: [], threshold: 3 in 1m by address, at-most: 4 in 1h, examples: { match: [login failed from a], no-match: [x] } }
  - { id: mine.hosts, title: t, why: w, source: s, severity: warning, keywords: [slow disk], threshold: 2 in 10s by host,
      correlate-by: [], examples: { match: [slow disk], no-match: [x] } }
  - { id: mine.link, title: t, why: w, source: s, severity: critical, regex: '(?<port>\\w+) link down', correlate-by: [port],
      resolved-by: { regex: '(?<port>\\w+) link up' }, unless: { keywords: [planned work], within: 30s }, where: { services: [net] },
      examples: { match: [p1 link down], no-match: [x], clears: [p1 link up, planned work] } }
`,
  'mine.yaml',
  'en',
);
const now = Date.UTC(2026, 10, 21, 1, 0, 0);
const { domains } = ConfigSchema.parse({});
const detector = createDetector({
  rules: { rules: [...reading.rules].sort(compareRules), packs: ['mine'], warnings: [] },
  type: 'app',
  domains,
});

function detect(...lines: { text: string; host?: string; service?: string; at?: number }[]) {
  const records = lines.map(
    ({ text, host = 'h1', service = 'net', at = now - 60_000 }, index): BusRecord => ({
      topic: 'logs.app',
      partition: 0,
      offset: 100 + index,
      key: null,
      value: Buffer.from(
        JSON.stringify({
          '@timestamp': new Date(at).toISOString(),
          message: text,
          host: { name: host },
          service: { name: service },
        }),
      ),
      headers: {},
      timestamp: now,
    }),
  );
  const detection = detector.detect(records, now);
  for (const signal of detection.signals) expect(Hit.parse(signal)).toEqual(signal);
  for (const clear of detection.clears) expect(Clear.parse(clear)).toEqual(clear);
  return detection;
}

describe('rules with a threshold', () => {
  it('are all sound here', () => {
    expect(reading.mistakes).toEqual([]);
  });

  it('count a line beside the rule that speaks for it, by slices of the window', () => {
    const at = Date.UTC(2026, 10, 21, 0, 30, 0);
    const { signals, clears } = detect(
      { text: 'login failed from a', at },
      { text: 'login failed from b', at: at + 1000 },
      { text: 'login failed from a', at: at + 5999 },
      { text: 'login failed from a', at: at + 6000 },
      { text: 'login failed', at: at + 6000 },
    );
    expect(clears).toEqual([]);
    expect(signals).toMatchObject([
      { rule: 'mine.login', severity: 'info', count: 5 },
      {
        rule: 'mine.guessing',
        severity: 'critical',
        count: 4,
        threshold: { count: 3, windowMs: 60_000, by: 'address' },
        slices: [
          { at, key: 'a', count: 2 },
          { at: at + 6000, key: 'a', count: 1 },
          { at, key: 'b', count: 1 },
        ],
        atMost: { count: 4, windowMs: 3_600_000 },
        captures: { address: 'a' },
      },
    ]);
    expect(signals[0]).not.toHaveProperty('threshold');
    expect(signals[0]).not.toHaveProperty('slices');
  });

  it('count by host, and speak where no other rule does', () => {
    const { signals } = detect({ text: 'slow disk', host: 'a' }, { text: 'slow disk', host: 'b' });
    expect(signals).toHaveLength(1);
    expect(signals[0]?.slices?.map(({ key, count }) => [key, count])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('are given in several signals where there would be too many slices in one, and nothing is lost', () => {
    const { signals } = detect(
      ...Array.from({ length: 2500 }, (_, index) => ({ text: 'slow disk', host: `host-${index}` })),
      { text: 'slow disk', host: 'host-7' },
    );
    expect(signals.map(({ count }) => count)).toEqual([1000, 1000, 501]);
    expect(new Set(signals.map(({ id }) => id)).size).toBe(3);
    expect(new Set(signals.map((signal) => signal.fingerprint)).size).toBe(1);
    const slices = signals.flatMap((signal) => signal.slices ?? []);
    expect(slices.reduce((sum, { count }) => sum + count, 0)).toBe(2501);
    expect(new Set(slices.map(({ key }) => key)).size).toBe(2500);
  });
});

describe('rules that lines end', () => {
  it('give one clear for each rule, purpose, service and captures, with the hosts that said so', () => {
    const at = now - 60_000;
    const { signals, clears } = detect(
      { text: 'p1 link up', host: 'a', at },
      { text: 'p1 link up', host: 'b', at: at - 5000 },
      { text: 'P1 LINK UP', host: 'a', at: at - 9000 },
      { text: 'p1 link up', host: 'a', at: at + 1000 },
      { text: 'p2 link up', host: 'a', at },
      { text: 'planned work', host: 'a', at },
    );
    expect(signals).toEqual([]);
    expect(clears).toMatchObject([
      {
        rule: 'mine.link',
        purpose: 'resolved-by',
        service: 'net',
        type: 'app',
        domain: 'default',
        captures: { port: 'p1' },
        hosts: [
          { name: 'a', lastSeen: new Date(at + 1000).toISOString() },
          { name: 'b', lastSeen: new Date(at - 5000).toISOString() },
        ],
        exemplar: { text: 'p1 link up', host: 'a' },
      },
      { purpose: 'resolved-by', captures: { port: 'P1' } },
      { purpose: 'resolved-by', captures: { port: 'p2' } },
      { purpose: 'unless', hosts: [{ name: 'a' }] },
    ]);
    expect(clears[3]).not.toHaveProperty('captures');
    expect(new Set(clears.map(({ id }) => id)).size).toBe(4);
  });

  it('name beside the hit how long what would excuse it may take', () => {
    const { signals, clears } = detect({ text: 'p1 link down' });
    expect(signals).toMatchObject([{ rule: 'mine.link', unlessWithinMs: 30_000 }]);
    expect(clears).toEqual([]);
  });

  it('look only at the lines that the rule looks at, and never take its own line for an ending', () => {
    expect(detect({ text: 'p1 link up', service: 'other' }).clears).toEqual([]);
    const both = detect({ text: 'p1 link down, p2 link up' });
    expect(both.signals).toHaveLength(1);
    expect(both.clears).toEqual([]);
  });

  it('split the hosts of a clear where they are many', () => {
    const { clears } = detect(
      ...Array.from({ length: 1500 }, (_, index) => ({ text: 'planned work', host: `host-${index}` })),
    );
    expect(clears.map(({ hosts }) => hosts.length)).toEqual([1000, 500]);
    expect(new Set(clears.map(({ id }) => id)).size).toBe(2);
  });

  it('may be a hit of one rule and an ending of another', () => {
    const { signals, clears } = detect({ text: 'login failed in planned work' });
    expect(signals.map(({ rule }) => rule)).toEqual(['mine.login']);
    expect(clears.map(({ rule }) => rule)).toEqual(['mine.link']);
  });
});

describe('a hit', () => {
  it('shows its first line with the variables masked, short', () => {
    const { signals } = detect({
      text: `2026-11-21T00:00:00Z login failed 17 times from 10.0.0.1 ${'x'.repeat(500)}`,
    });
    expect(signals[0]?.masked).toMatch(/^\* login failed <\*> times from <\*> x+$/);
    expect(signals[0]?.masked?.length).toBe(300);
  });
});
