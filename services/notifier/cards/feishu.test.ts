import { describe, expect, it } from 'vitest';
import { type Finding, MessageReason } from '#shared/model/index.ts';
import { judgeCard, readMarkdown } from '#test/stand-ins/feishu/index.ts';
import { hostileText, randomFrom } from '../testing/hostile.ts';
import { sampleConclusion, sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';

const options = { language: 'zh-CN', timeZone: 'Asia/Shanghai', maxBytes: 19_800 } as const;

function seenOf(over: Partial<Finding>, reason: MessageReason, language: 'zh-CN' | 'en' = 'zh-CN') {
  const verdict = judgeCard(renderFeishuCard(sampleMessage(over, reason), { ...options, language }));
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.seen;
}

function* markdownOf(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* markdownOf(item);
  else if (typeof value === 'object' && value !== null) {
    if ('tag' in value && value.tag === 'markdown' && 'content' in value) yield String(value.content);
    for (const item of Object.values(value)) yield* markdownOf(item);
  }
}

describe('the first card of an incident', () => {
  it('says what broke, the facts, the evidence, and that rules alone said so', () => {
    const seen = seenOf({}, 'opened');
    expect(seen).toMatchObject({
      title: '【严重】order-api：无法连接数据库',
      color: 'red',
      subtitle: '新告警',
    });
    for (const part of [
      '2026-11-21 09:00:00 GMT+08:00',
      '42',
      'web-1, web-2 等 12 台',
      'database/connection-refused',
      'Connection refused',
      'INFO checking out order 7',
      '未配置模型',
    ])
      expect(seen.text).toContain(part);
    expect(seen.text.split('\n').at(-1)).toBe('0-a1b2c3d4e5f60718-m3k9x2p0 r1');
  });

  it('shows the conclusion with its model and what to do', () => {
    const seen = seenOf({ reasoning: 'model', conclusion: sampleConclusion() }, 'opened', 'en');
    expect(seen.title).toBe('【Critical】order-api: 无法连接数据库');
    expect(seen.text).toContain('连接数达到 max_connections 上限');
    expect(seen.text).toContain('model qwen3:8b, confidence 80%');
    expect(seen.text).toContain('检查连接池');
    expect(seen.text).not.toContain('By rules alone');
  });

  it('has the colour of its severity', () => {
    expect(seenOf({ severity: 'warning' }, 'opened').color).toBe('orange');
    expect(seenOf({ severity: 'info' }, 'opened').color).toBe('blue');
  });
});

describe('what follows', () => {
  it('is a short note: no evidence', () => {
    const conclusion = sampleConclusion();
    const note = seenOf({ reasoning: 'model', conclusion, revision: 2 }, 'concluded');
    expect(note.subtitle).toBe('分析结论');
    expect(note.text).toContain(conclusion.cause);
    expect(note.text).not.toContain('Connection refused');
    expect(note.text.split('\n').at(-1)).toBe('0-a1b2c3d4e5f60718-m3k9x2p0 r2');
  });

  it('is green with how long it lasted when it is over', () => {
    const note = seenOf({ state: 'resolved', resolvedAt: '2026-11-21T02:30:00.000Z' }, 'resolved');
    expect(note).toMatchObject({ color: 'green', title: '【已恢复】order-api：无法连接数据库' });
    expect(note.text).toContain('1 小时 30 分');
  });
});

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
  });
});

describe('limits', () => {
  it('cuts long parts, says so, and stays within the bytes', () => {
    const text = `${'连接失败 '.repeat(2000)}\n`.repeat(20);
    const message = sampleMessage({
      exemplars: [
        { id: 'e1', timestamp: '2026-11-21T01:00:00.000Z', host: 'h', text, before: Array(50).fill(text) },
      ],
      reasoning: 'model',
      conclusion: sampleConclusion({
        cause: '因为'.repeat(5000),
        actions: Array(50).fill({ text: '做'.repeat(900) }),
      }),
    });
    const card = renderFeishuCard(message, options);
    const verdict = judgeCard(card);
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(options.maxBytes);
    expect(verdict).toMatchObject({ ok: true });
    expect(JSON.stringify(verdict)).toMatch(/已截断，全文 10000 字/);
    expect(JSON.stringify(verdict)).toMatch(/另有 \d+ 行未显示/);
  });

  it('keeps to them, and keeps hostile text dead, for 1,000 hostile findings', () => {
    const random = randomFrom(20261121);
    const text = () => hostileText(random);
    const reasons = MessageReason.options;
    const related = () => ({ id: text(), service: text(), title: text() });
    for (let round = 0; round < 1000; round++) {
      const over: Partial<Finding> = {
        id: text(),
        title: text(),
        service: text(),
        rule: text(),
        pack: text(),
        hosts: [text(), text(), text(), text(), text(), text()],
        severityReasons: [text(), text()],
        state: random() < 0.3 ? 'resolved' : 'open',
        exemplars: [1, 2, 3].map((id) => ({
          id: `e${id}`,
          timestamp: '2026-11-21T01:00:00.000Z',
          host: text(),
          text: text(),
          before: [text(), text()],
        })),
        ...(random() < 0.5
          ? {
              detail: text(),
              flapping: true,
              knownGood: true,
              causedBy: related(),
              dependants: [1, 2, 3, 4, 5, 6].map(related),
              dependantCount: 10_000_000,
              muted: {
                control: text(),
                kind: 'feedback' as const,
                by: text(),
                note: text(),
                until: '2026-11-22T01:00:00.000Z',
              },
            }
          : {}),
        ...(random() < 0.5
          ? {
              conclusion: sampleConclusion({
                summary: text(),
                cause: text(),
                actions: [{ text: text() }, { text: text() }],
                model: text(),
              }),
            }
          : {}),
      };
      const reason = reasons[round % reasons.length] ?? 'opened';
      const message = {
        ...sampleMessage(over, reason),
        ...(random() < 0.5 && { heldBack: { count: 12_345, since: '2026-11-21T01:00:00.000Z' } }),
      };
      const card = renderFeishuCard(message, { ...options, language: round % 2 === 0 ? 'zh-CN' : 'en' });
      const verdict = judgeCard(card);
      expect(verdict.ok ? '' : verdict.message, `round ${round}`).toBe('');
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(options.maxBytes);
      for (const content of markdownOf(card)) {
        const { tags, links, images, blocks } = readMarkdown(content);
        expect([...links, ...images], content).toEqual([]);
        expect(
          tags.filter((tag) => tag.inCode || !/^<br>$|^<font color='grey'>$|^<\/font>$/.test(tag.source)),
        ).toEqual([]);
        expect(
          blocks.filter(
            (block) => !/^(?:paragraph_open|fence|ordered_list_open|list_item_open)$/.test(block),
          ),
        ).toEqual([]);
        expect(blocks.filter((block) => block === 'fence').length).toBeLessThanOrEqual(1);
      }
    }
  });
});
