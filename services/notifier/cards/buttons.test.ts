import { describe, expect, it } from 'vitest';
import { readLink } from '#shared/links/index.ts';
import type { Finding } from '#shared/model/index.ts';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { linkedOptions, renderOptions } from '../testing/render-options.ts';
import { richMessage } from '../testing/rich-message.ts';
import { sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';
import { cardView } from './view.ts';

const viewOf = (over: Partial<Finding>, buttons: 'callback' | 'links' | 'none') =>
  cardView(sampleMessage(over), { ...linkedOptions, buttons });
const actionsOf = (over: Partial<Finding>, buttons: 'callback' | 'links') => {
  const view = viewOf(over, buttons).buttons;
  return [...(view?.main ?? []), ...(view?.silences?.buttons ?? [])].map(({ action }) => action);
};
const silences = ['silence-1h', 'silence-8h', 'silence-until-resolved'];

describe('buttons', () => {
  it('are what can still be done', () => {
    expect(actionsOf({}, 'callback')).toEqual(['acknowledge', 'resolve', 'not-a-problem', ...silences]);
    expect(actionsOf({ state: 'acknowledged' }, 'callback')).toEqual([
      'resolve',
      'not-a-problem',
      ...silences,
    ]);
    expect(actionsOf({ state: 'resolved' }, 'callback')).toEqual(['not-a-problem']);
    expect(actionsOf({ pinned: true }, 'callback')).toEqual(['acknowledge', 'resolve']);
    expect(viewOf({ pinned: true, state: 'resolved' }, 'callback').buttons).toBeUndefined();
    const muted = { control: 'c', kind: 'silence', by: 'ana' } as const;
    expect(actionsOf({ muted }, 'callback')).toEqual(['acknowledge', 'resolve', 'not-a-problem']);
  });

  it('call back with the action and the incident, and ask before what cannot be undone', () => {
    const card = JSON.stringify(renderFeishuCard(sampleMessage(), { ...linkedOptions, buttons: 'callback' }));
    const id = '0-a1b2c3d4e5f60718-m3k9x2p0';
    for (const action of ['acknowledge', 'resolve', 'not-a-problem', 'hand-over', ...silences])
      expect(card).toContain(JSON.stringify({ type: 'callback', value: { a: action, i: id } }));
    expect(card.match(/"confirm"/g)).toHaveLength(2);
    const asked = card.match(/"confirm":\{"title":\{[^{}]*"标记为已解决？"\},"text":\{[^{}]*\}/)?.[0];
    expect(asked).toContain('重新告警');
    expect(asked).not.toContain('不再');
    expect(card).toContain('"placeholder":{"tag":"plain_text","content":"转交"}');
    expect(card).toContain('{"text":{"tag":"plain_text","content":"李雷"},"value":"li-lei"}');
    expect(card).not.toContain('nobody on the platform');
  });

  it('are links that do one thing each, for as long as they may, where nothing calls back', () => {
    const { buttons, links } = viewOf({}, 'links');
    const all = [...(buttons?.main ?? []), ...(buttons?.silences?.buttons ?? [])];
    expect(all.map(({ action }) => action)).toContain('hand-over');
    const key = linkedOptions.config.http.linkKey ?? '';
    for (const { action, url } of all) {
      const [, token = ''] = /^https:\/\/logpatrol\.example\.com\/a\/(.+)$/.exec(url ?? '') ?? [];
      expect(readLink(key, token, linkedOptions.now)).toMatchObject({
        kind: 'link',
        link: { purpose: action, incidentId: '0-a1b2c3d4e5f60718-m3k9x2p0', channel: 'feishu' },
      });
      expect(readLink(key, token, linkedOptions.now + 72 * 3_600_000 + 1000).kind).toBe('refused');
    }
    const page = links.find(({ url }) => url.startsWith('https://logpatrol.example.com/f/'));
    expect(readLink(key, page?.url.split('/').at(-1) ?? '', linkedOptions.now)).toMatchObject({
      link: { purpose: 'view' },
    });
  });

  it('and links are not there where they lead nowhere', () => {
    const nowhere = cardView(sampleMessage(), renderOptions);
    expect(nowhere).toMatchObject({ buttons: undefined, links: [] });
    expect(viewOf({ id: 'not one of ours <x>' }, 'callback').buttons).toBeUndefined();
  });

  it('to Kibana ask for nothing that the channel may not see', () => {
    const url = viewOf({ service: 'bob@example.com' }, 'none')
      .links.map((link) => link.url)
      .join(' ');
    expect(url).not.toContain('kibana');
    const hosts = viewOf({ hosts: ['bob@example.com'], hostCount: 1 }, 'none')
      .links.map((link) => link.url)
      .join(' ');
    expect(hosts).toContain('kibana');
    expect(decodeURIComponent(hosts)).not.toMatch(/bob|EMAIL/);
  });
});

describe('a whole card', () => {
  it('calls those whom the message names, lists the others, says who did what, and draws the lines over time', () => {
    const card = renderFeishuCard(richMessage(), {
      ...linkedOptions,
      buttons: 'callback',
      canUpdate: true,
      maxBytes: 29_000,
    });
    const verdict = judgeCard(card);
    expect(verdict).toMatchObject({ ok: true, mentions: ['ou_7d8a6e6df7621556ce0d21922b676706'] });
    const text = JSON.stringify(verdict);
    for (const part of [
      '0-71c2d3e4f5061728-m3k9x4a1',
      '请求超时',
      '×318',
      '待处理',
      '王芳 开始处理',
      '支付组',
      'team=payments',
    ])
      expect(text).toContain(part);
    expect(JSON.stringify(card)).toContain('{"time":"09:01","count":34}');
  });

  it('in plain text has no mention, link, chart or button', () => {
    const card = renderFeishuCard(richMessage(), { ...linkedOptions, buttons: 'callback', plain: true });
    const verdict = judgeCard(card, { callbacks: false });
    expect(verdict).toMatchObject({ ok: true, mentions: [], urls: [] });
    expect(JSON.stringify(card).match(/"tag":"\w+"/g)).toEqual([
      '"tag":"plain_text"',
      '"tag":"div"',
      '"tag":"plain_text"',
    ]);
    expect(JSON.stringify(card)).toContain('0-71c2d3e4f5061728-m3k9x4a1');
  });
});
