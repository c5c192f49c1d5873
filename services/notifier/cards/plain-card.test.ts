import { describe, expect, it } from 'vitest';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions } from '../testing/render-options.ts';
import { richMessage } from '../testing/rich-message.ts';
import { renderFeishuCard } from './feishu.ts';

const wide = '数据库无法连接 "quoted" \\ '.repeat(40);

describe('the card that is nothing but text', () => {
  it('names every member within the custom bot’s 20 KB, whatever else is on it', () => {
    const message = richMessage();
    const [member] = message.others ?? [];
    if (member === undefined) throw new Error('the sample has members');
    const others = Array.from({ length: 49 }, (_, index) => ({
      ...member,
      id: `0-${index.toString(16).padStart(16, '0')}-${'m3k9x4a1'.padEnd(70, 'z')}`,
      service: wide,
      title: wide,
    }));
    const { finding } = message;
    const lines = Array.from({ length: 400 }, (_, index) => `${index} ${wide}`).join('\n');
    const exemplars = [1, 2, 3, 4].map((number) => ({
      ...{ id: `e${number}`, timestamp: finding.firstSeen, host: wide, text: lines },
      before: Array(6).fill(lines),
    }));
    const actor = { id: 'a', name: wide.slice(0, 200) };
    const history = Array.from({ length: 12 }, (_, index) => ({
      ...{ id: `h${index}`, at: finding.firstSeen, action: 'hand-over' as const, by: actor, to: actor },
      note: wide.slice(0, 500),
    }));
    const assets = [1, 2, 3].map((n) => ({ host: `${n}${wide}`, owner: wide, facts: { rack: wide } }));
    const full = { ...finding, title: wide, service: wide, exemplars, history, assets, detail: wide };
    const crowded = { ...message, finding: full, others, otherCount: 49 };
    for (const maxBytes of [19_800, 12_000, 8500]) {
      const card = renderFeishuCard(crowded, { ...renderOptions, canUpdate: true, plain: true, maxBytes });
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(maxBytes);
      const verdict = judgeCard(card);
      if (!verdict.ok) throw new Error(verdict.message);
      expect(others.filter(({ id }) => !verdict.seen.text.includes(id))).toEqual([]);
      expect(verdict.seen.text.split('\n').at(-1)?.trim()).toBe(`${finding.id} r${finding.revision}`);
    }
  });
});
