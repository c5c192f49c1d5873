import { describe, expect, it } from 'vitest';
import type { Finding, MessageReason } from '#shared/model/index.ts';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions } from '../testing/render-options.ts';
import { sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';

const options = renderOptions;

function seenOf(over: Partial<Finding>, reason: MessageReason, language: 'zh-CN' | 'en' = 'zh-CN') {
  const verdict = judgeCard(renderFeishuCard(sampleMessage(over, reason), { ...options, language }));
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.seen;
}

describe('what surrounds an incident', () => {
  const related = { id: 'x', service: 'shop', title: '无法连接' };

  it('is on its card: detail, what it has taken in, how it comes and goes, what was held back', () => {
    const message = {
      ...sampleMessage({
        detail: '每分钟 42 次，平时 3 次',
        flapping: true,
        knownGood: true,
        dependants: Array.from({ length: 7 }, (_, index) => ({ ...related, service: `s${index}` })),
        dependantCount: 12,
      }),
      heldBack: { count: 3, since: '2026-11-21T00:30:00.000Z' },
    };
    const verdict = judgeCard(renderFeishuCard(message, options));
    if (!verdict.ok) throw new Error(verdict.message);
    for (const part of [
      '每分钟 42 次，平时 3 次',
      '反复发生',
      's0：无法连接; s1：无法连接',
      '等 12 个事件',
      '在学习过的正常日志中同样常见',
      '自 2026-11-21 08:30:00 GMT+08:00 起，这条规则另有 3 个事件',
    ])
      expect(verdict.seen.text).toContain(part);
    expect(verdict.seen.text).not.toContain('s5：');
  });

  it('says in English what belongs to what', () => {
    const heldBack = { count: 1, since: '2026-11-21T00:30:00.000Z' };
    const message = { ...sampleMessage({ pinned: true, causedBy: related }), heldBack };
    const verdict = judgeCard(renderFeishuCard(message, { ...options, language: 'en' }));
    expect(JSON.stringify(verdict)).toContain('shop: 无法连接');
    expect(JSON.stringify(verdict)).toContain('1 more of this rule since');
  });

  it('is a grey note that says who has muted it, why and until when', () => {
    const muted = {
      control: 'c',
      kind: 'silence',
      by: 'ana',
      note: '*迁移*',
      until: '2026-11-21T02:00:00.000Z',
    } as const;
    const note = seenOf({ muted, revision: 2 }, 'muted');
    expect(note).toMatchObject({
      color: 'grey',
      title: '【已静默】order-api：无法连接数据库',
      subtitle: '已静默',
    });
    expect(note.text).toContain('ana（静默），至 2026-11-21 10:00:00 GMT+08:00：*迁移*');
    expect(note.text).not.toContain('Connection refused');
    const { until: _until, ...forGood } = muted;
    expect(seenOf({ muted: forGood, revision: 2 }, 'muted', 'en').text).toContain(
      'by ana (silence), for good',
    );
    const untilResolved = { ...forGood, untilResolved: true };
    expect(seenOf({ muted: untilResolved, revision: 2 }, 'muted', 'en').text).toContain('until resolved');
    expect(seenOf({ muted: untilResolved, revision: 2 }, 'muted').text).toContain('ana（静默），直到恢复');
  });
});
