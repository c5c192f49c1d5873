import { describe, expect, it } from 'vitest';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { hostileText, randomFrom } from '../testing/hostile.ts';
import { renderOptions } from '../testing/render-options.ts';
import { type Digest, type DigestEntry, mostInDigest } from './digest.ts';
import { renderFeishuDigest } from './feishu.ts';
import { renderDigestText } from './text.ts';

const entry = (over: Partial<DigestEntry>): DigestEntry => ({
  messageId: 'm',
  incidentId: '0-a1b2c3d4e5f60718-m3k9x2p0',
  severity: 'warning',
  reason: 'opened',
  state: 'open',
  service: 'order-api',
  title: '无法连接数据库',
  count: 42,
  otherCount: 0,
  firstSeen: '2026-11-21T01:00:00.000Z',
  ...over,
});
const seenOf = (digest: Digest, maxBytes: number) => {
  const card = renderFeishuDigest(digest, { ...renderOptions, maxBytes });
  expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(maxBytes);
  const verdict = judgeCard(card, { callbacks: false });
  if (!verdict.ok) throw new Error(verdict.message);
  expect(verdict).toMatchObject({ mentions: [], urls: [] });
  return verdict.seen;
};

describe('a digest', () => {
  it('names each finding, the most severe first, and says how many wait', () => {
    const entries = [
      entry({ severity: 'info', title: 'low', state: 'resolved' }),
      entry({ severity: 'critical', title: 'high', otherCount: 3, state: 'acknowledged' }),
      entry({ title: 'bob@example.com' }),
    ];
    const seen = seenOf({ id: 'd1', entries, waiting: 7 }, 19_800);
    expect(seen).toMatchObject({ color: 'red', title: '【严重】告警汇总：3 条' });
    expect(seen.text).toMatch(/^严重 \(1\)\norder-api: high ×42 \+3 处理中 0-a1b2c3d4e5f60718-m3k9x2p0\n/);
    expect(seen.text).toContain('警告 (1)\norder-api: [EMAIL:');
    expect(seen.text).toContain('low ×42 已恢复');
    expect(seen.text).toContain('另有 7 条等待发送');
  });

  it('is as grave as what goes on, and green where nothing does', () => {
    const over = entry({ severity: 'critical', state: 'resolved', reason: 'resolved' });
    const some = seenOf({ id: 'd1', entries: [over, entry({})], waiting: 0 }, 19_800);
    expect(some).toMatchObject({ color: 'orange', title: '【警告】告警汇总：2 条' });
    const all = seenOf({ id: 'd1', entries: [over, entry({ state: 'resolved' })], waiting: 0 }, 19_800);
    expect(all).toMatchObject({ color: 'green', title: '【已恢复】告警汇总：2 条' });
    expect(all.text).toMatch(/^严重 \(1\)/);
  });

  it('names every one however long their texts are and however small the card must be', () => {
    const random = randomFrom(20261122);
    const severities = ['critical', 'warning', 'info'] as const;
    for (let round = 0; round < 20; round++) {
      const entries = Array.from({ length: mostInDigest }, (_, index) =>
        entry({
          incidentId: `0-${(index + 1e15).toString(16).padStart(16, '0').slice(0, 16)}-m3k9x2p0`,
          severity: severities[index % 3] ?? 'info',
          service: hostileText(random),
          title: hostileText(random),
          count: 1_234_567_890,
        }),
      );
      for (const maxBytes of [8_192, 19_800, 29_000]) {
        const { text } = seenOf({ id: 'd', entries, waiting: 0 }, maxBytes);
        expect(entries.filter(({ incidentId }) => !text.includes(incidentId))).toEqual([]);
      }
    }
  });

  it('is text for a terminal', () => {
    const text = renderDigestText(
      { id: 'd1', entries: [entry({ title: '\u001b[31mred' })], waiting: 0 },
      { ...renderOptions, language: 'en', color: false },
    );
    expect(text).toContain('    order-api: red ×42 open 0-a1b2c3d4e5f60718-m3k9x2p0\n');
  });
});
