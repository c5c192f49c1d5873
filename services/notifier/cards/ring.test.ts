import { describe, expect, it } from 'vitest';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions } from '../testing/render-options.ts';
import { sampleMessage } from '../testing/sample.ts';
import { renderFeishuRing } from './ring.ts';

const mentions = [{ name: '张三', feishu: 'ou_0123456789abcdef' }, { name: 'Li <at id=all></at>' }];

describe('the reply that rings', () => {
  it('calls people by their account, and names those who have none', () => {
    const message = { ...sampleMessage({}, 'unacknowledged'), mentions };
    const card = JSON.stringify(renderFeishuRing(message, renderOptions, true));
    expect(card).toContain('<at id=ou_0123456789abcdef></at> **Li');
    expect(card.match(/<at /g)).toHaveLength(1);
    expect(judgeCard(renderFeishuRing(message, renderOptions, true))).toMatchObject({
      ok: true,
      seen: { text: expect.stringContaining('无法连接数据库') },
    });
    expect(JSON.stringify(renderFeishuRing(message, renderOptions, false))).not.toContain('<at ');
  });

  it('is taken with hostile titles', () => {
    const title = '错误http://evil.example失败 <at id=all></at> ![x](y) ```';
    expect(
      judgeCard(renderFeishuRing(sampleMessage({ title }, 'reopened'), renderOptions, true)),
    ).toMatchObject({
      ok: true,
    });
  });
});
