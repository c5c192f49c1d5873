import { describe, expect, it } from 'vitest';
import { type Finding, MessageReason } from '#shared/model/index.ts';
import { createMask, createMasker } from '#shared/text/masking/index.ts';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { linkedOptions, renderOptions } from '../testing/render-options.ts';
import { sampleConclusion, sampleFinding, sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';

const options = renderOptions;

function textOf(over: Partial<Finding>) {
  const verdict = judgeCard(renderFeishuCard(sampleMessage(over, 'opened'), options));
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.seen.text;
}

describe('what a channel may see', () => {
  const someone = 'bob@example.com 13800138000 password=hunter2 [EMAIL:aaaaaa]';
  const everywhere: Partial<Finding> = {
    title: someone,
    service: someone,
    hosts: [someone],
    detail: someone,
    severityReasons: [someone],
    exemplars: [
      { id: 'e1', timestamp: '2026-11-21T01:00:00.000Z', host: someone, text: someone, before: [someone] },
    ],
    muted: { control: 'c', kind: 'silence', by: someone, note: someone },
    causedBy: { id: 'x', service: someone, title: someone },
    hardware: { id: 'x', service: someone, title: someone },
    dependants: [{ id: 'x', service: someone, title: someone }],
    dependantCount: 1,
    assets: [{ host: someone, owner: someone, facts: { contact: someone, id: someone } }],
    similar: [
      { id: 'x', title: someone, lastSeen: '2026-11-21T01:00:00.000Z', cause: someone, feedback: someone },
    ],
    runbooks: [{ name: 'x', title: someone, section: someone, foundBy: 'search', score: 1 }],
    reasoningNote: someone,
    labels: { [someone]: someone, id: someone },
    acknowledged: { by: { id: 'x', name: someone }, at: '2026-11-21T01:00:00.000Z' },
    assignee: { id: 'x', name: someone },
    history: [
      {
        id: 'h',
        at: '2026-11-21T01:00:00.000Z',
        action: 'hand-over',
        by: { id: 'x', name: someone },
        to: { id: 'y', name: someone },
        note: `${someone} `.repeat(7).slice(0, 500),
      },
    ],
  };
  const around = {
    mentions: [{ name: someone }],
    others: [{ ...sampleFinding(), title: someone, service: someone }],
    otherCount: 1,
  };
  const conclusion = sampleConclusion({
    summary: someone,
    cause: someone,
    model: someone,
    evidence: [{ id: 's1', host: someone, text: someone }],
    actions: [{ text: someone, runbook: { name: 'x', title: someone, section: someone } }],
  });

  it('is nothing of a person unless it is allowed, and never a secret, in any part of any card', () => {
    for (const reason of MessageReason.options)
      for (const over of [everywhere, { ...everywhere, conclusion }]) {
        const none = JSON.stringify(
          renderFeishuCard(
            { ...sampleMessage(over, reason), ...around },
            { ...linkedOptions, buttons: 'callback' },
          ),
        );
        expect(none).not.toMatch(/bob|1380013|hunter2/);
        expect(none).toMatch(/EMAIL/);
        const mask = createMask({ reveal: ['email'] });
        const some = JSON.stringify(renderFeishuCard(sampleMessage(over, reason), { ...options, mask }));
        expect(some).toMatch(/bob/);
        expect(some).not.toMatch(/1380013|hunter2/);
      }
  });

  it('cannot be hidden from the mask by characters that nobody sees', () => {
    const text = textOf({ detail: 'pass\u200bword=hun\u202eter2 and bob\u00ad@example.com' });
    expect(text).toMatch(/password=\[SECRET:\w{6}\] and \[EMAIL:\w{6}\]/);
  });

  it('has the placeholder that the model was shown', () => {
    const masker = createMasker();
    const told = masker.mask('login of bob@example.com failed, password=hunter2');
    const text = textOf({ detail: 'bob@example.com', conclusion: sampleConclusion({ cause: told }) });
    expect(text).toContain(told);
    expect(text).toContain(`说明\n${createMask()('bob@example.com')}`);
  });
});
