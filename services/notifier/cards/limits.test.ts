import { describe, expect, it } from 'vitest';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions as options } from '../testing/render-options.ts';
import { sampleConclusion, sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';

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
});
