import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SignedLink, signLink } from '#shared/links/index.ts';
import type { Conclusion } from '#shared/model/index.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import { type AskOptions, openGateway, type TestGateway } from '../testing/open-gateway.ts';

const key = 'a-key-of-the-test-for-links';
const hour = 3_600_000;
const start = Date.parse('2026-11-21T08:00:00.000Z');
const config = {
  language: 'en',
  http: { publicUrl: 'https://logpatrol.example/lp', linkKey: key, token: 'a-token-of-the-test' },
  channels: { ops: { type: 'console' }, quiet: { type: 'console', actions: false } },
  people: { wang: { name: '王芳' }, li: { name: '<李雷>' } },
  interaction: { roles: { viewer: [], responder: ['acknowledge', 'hand-over', 'resolve', 'silence-1h'] } },
};
const finding = sampleFinding();

let gateway: TestGateway;
let now = start;
beforeEach(async () => {
  now = start;
  gateway = await openGateway(config, () => now);
  await gateway.save(finding);
});
afterEach(() => gateway.close());

const token = (over: Partial<SignedLink> = {}, withKey = key) =>
  signLink(withKey, {
    ...{ incidentId: finding.id, purpose: 'acknowledge', channel: 'ops', expiresAt: start + hour },
    ...over,
  });
const page = (over: Partial<SignedLink> = {}) => `/${over.purpose === 'view' ? 'f' : 'a'}/${token(over)}`;

function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: gateway.url };
  return gateway.ask('POST', path, {
    headers: { ...form, ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

/** Nothing was done, and nothing was written about it. */
async function expectNothingDone(): Promise<void> {
  expect(await gateway.signals()).toEqual([]);
  expect(await gateway.audit()).toEqual([]);
}

describe('the page of an action', () => {
  it('shows what it is about and a form, to whoever has the link, and does nothing', async () => {
    const preview = { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' };
    for (const options of [{}, { headers: preview }]) {
      const { status, text, headers } = await gateway.ask('GET', page(), options);
      expect(status).toBe(200);
      for (const shown of [finding.title, finding.service, finding.id, 'method="post"', 'name="note"'])
        expect(text).toContain(shown);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=UTF-8',
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
        'x-robots-tag': 'noindex, nofollow',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
      });
    }
    expect((await gateway.ask('HEAD', page())).status).toBe(200);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await gateway.ask(method, page())).status).toBe(404);
    await expectNothingDone();
  });

  it('does it when its form is sent, as who gave a name, and says that it was a link', async () => {
    const { status, text } = await post(page(), { name: ' Ana\n Li ', note: 'on my way', once: 'o-1' });
    expect(status).toBe(200);
    expect(text).toContain('It is yours now');
    const by = { id: 'link:Ana Li', name: 'Ana Li (link)' };
    const said = { action: 'acknowledge', incidentId: finding.id, by, note: 'on my way' };
    expect(await gateway.signals()).toMatchObject([said]);
    expect(await gateway.audit()).toMatchObject([
      { ...said, via: 'link', outcome: 'done', channel: 'ops', address: '127.0.0.1' },
    ]);
  });

  it('does it once where the form is sent twice', async () => {
    const once = /name="once" value="([^"]+)"/.exec((await gateway.ask('GET', page())).text)?.[1] ?? '';
    expect(once).toMatch(/^[0-9a-f-]{36}$/);
    await Promise.all([post(page(), { name: 'Ana', once }), post(page(), { name: 'Ana', once })]);
    await post(page(), { name: 'Ana', once });
    expect(await gateway.signals()).toHaveLength(1);
  });

  it('hands over to who is chosen from those who are known', async () => {
    const path = page({ purpose: 'hand-over' });
    const { text } = await gateway.ask('GET', path);
    expect(text).toContain('<option value="wang">王芳</option>');
    expect(text).toContain('&lt;李雷&gt;');
    expect((await post(path, { name: 'Ana', to: 'mallory' })).status).toBe(409);
    expect((await post(path, { name: 'Ana' })).status).toBe(409);
    expect((await post(path, { name: 'Ana', to: 'wang' })).text).toContain('Handed over to 王芳');
    expect(await gateway.signals()).toMatchObject([{ to: { id: 'wang', name: '王芳' } }]);
  });

  it('asks for a name', async () => {
    for (const fields of [{}, { name: ' \t ' }]) {
      const { status, text } = await post(page(), fields);
      expect(status).toBe(400);
      expect(text).toContain('Say who you are.');
    }
    await expectNothingDone();
  });

  it('says what it cannot do, and has no form then', async () => {
    const resolved = { ...finding, id: '0-aa-1', state: 'resolved' as const };
    const pinned = { ...finding, id: '0-aa-2', pinned: true };
    await gateway.save(resolved, pinned);
    for (const [over, words] of [
      [{ incidentId: resolved.id }, 'It is over already'],
      [{ incidentId: pinned.id, purpose: 'silence-1h' }, 'always told'],
      [{ purpose: 'not-a-problem' }, 'role does not allow'],
      [{ channel: 'quiet' }, 'role does not allow'],
    ] as const) {
      const { status, text } = await gateway.ask('GET', page(over));
      expect([status, text]).toEqual([200, expect.stringContaining(words)]);
      expect(text).not.toContain('<form');
      expect((await post(page(over), { name: 'Ana' })).status).toBeGreaterThanOrEqual(403);
    }
    expect(await gateway.signals()).toEqual([]);
    expect(await gateway.audit()).toHaveLength(4);
    expect((await gateway.ask('GET', page({ incidentId: '0-ff-1' }))).status).toBe(404);
  });

  it('says that it is being done where the bus takes its time', async () => {
    const gate = gateway.hold();
    const { status, text } = await post(page(), { name: 'Ana' });
    expect([status, text]).toEqual([202, expect.stringContaining('being done')]);
    gate.release();
    await vi.waitFor(async () => expect(await gateway.signals()).toHaveLength(1), { timeout: 10_000 });
  }, 20_000);
});

describe('a form that was not sent from the page', () => {
  it.each<[string, Record<string, string>]>([
    ['of another site', { origin: 'https://evil.example' }],
    ['of a page without an origin', { origin: 'null' }],
    ['of a site with our name in it', { origin: 'https://logpatrol.example.evil.example' }],
    ['of another port', { origin: 'http://127.0.0.1:1' }],
    ['of another site, as browsers say', { 'sec-fetch-site': 'cross-site' }],
    ['of a site beside ours', { 'sec-fetch-site': 'same-site' }],
    ['of no page at all', { 'sec-fetch-site': 'none' }],
    ['as text', { 'content-type': 'text/plain' }],
    ['as JSON', { 'content-type': 'application/json' }],
  ])('%s is refused', async (_name, headers) => {
    expect((await post(page(), { name: 'Ana' }, headers)).status).toBeGreaterThanOrEqual(403);
    await expectNothingDone();
  });

  it('by something that says nothing of where it is from is refused', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await gateway.ask('POST', page(), { headers, body: 'name=Ana' })).status).toBe(403);
    await expectNothingDone();
  });

  it('is taken from the public address, where a proxy asks in its place', async () => {
    const proxied = { origin: 'https://logpatrol.example', 'sec-fetch-site': 'same-origin' };
    expect((await post(page(), { name: 'Ana' }, proxied)).status).toBe(200);
  });

  it('is bounded', async () => {
    expect((await post(page(), { name: 'Ana', note: 'x'.repeat(9000) })).status).toBe(413);
    await expectNothingDone();
  });
});

describe('a link', () => {
  it.each<[string, () => string, number, string]>([
    ['that has expired', () => page({ expiresAt: start - 1000 }), 410, 'expired'],
    ['of another key', () => `/a/${token({}, 'another-key-of-16-chars')}`, 403, 'not valid'],
    ['with another signature', () => `/a/${token().split('.')[0]}.${'A'.repeat(43)}`, 403, 'not valid'],
    ['without a signature', () => `/a/${token().split('.')[0]}`, 403, 'not valid'],
    ['that is none', () => '/a/%3Cscript%3E', 403, 'not valid'],
    ['to look at, used to act', () => `/a/${token({ purpose: 'view' })}`, 403, 'not valid'],
    ['to act, used to look at all', () => `/f/${token()}`, 403, 'not valid'],
  ])('%s gets a page that says so, and does nothing', async (_name, path, status, words) => {
    for (const answer of [await gateway.ask('GET', path()), await post(path(), { name: 'Ana' })]) {
      if (path().startsWith('/f/') && answer.status === 404) continue;
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
      expect(answer.text).not.toContain('<script');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    }
    await expectNothingDone();
  });

  it('ends in time', async () => {
    const path = page();
    now = start + hour - 1;
    expect((await gateway.ask('GET', path)).status).toBe(200);
    now = start + hour;
    expect((await gateway.ask('GET', path)).status).toBe(410);
  });

  it('is asked for so often and no more, until a minute has gone by', async () => {
    const path = '/a/nothing';
    let last = 0;
    for (let asked = 0; asked < 301; asked++) last = (await gateway.ask('GET', path)).status;
    expect(last).toBe(429);
    now += 60_000;
    expect((await gateway.ask('GET', path)).status).toBe(403);
  }, 20_000);

  it('is nothing where there is no key or no address', async () => {
    const path = page();
    await gateway.close();
    gateway = await openGateway({ ...config, http: { linkKey: key } }, () => now);
    await gateway.save(finding);
    const options: AskOptions = {};
    expect((await gateway.ask('GET', path, options)).status).toBe(404);
  });
});

describe('the page of a finding', () => {
  it('shows all that is known of it, what was sent and who did what, and links to what can be done', async () => {
    const at = '2026-11-21T07:00:00.000Z';
    const conclusion: Conclusion = {
      verdict: 'actionable',
      ...{ summary: 'the pool is too small', cause: 'a leak', proven: false },
      evidence: [{ id: 'l', text: 'pool exhausted' }],
      actions: [{ text: 'raise max_connections' }],
      severity: 'warning',
      ...{ confidence: 0.7, model: 'm', answeredAt: at, shape: 's' },
      ...{ durationMs: 1, promptTokens: 1, outputTokens: 1 },
    };
    await gateway.save({
      ...finding,
      revision: 2,
      conclusion,
      series: { startAt: start, stepMs: 60_000, counts: [0, 1, 20] },
      muted: { control: 'c', kind: 'silence', by: 'Ana', untilResolved: true },
      assets: [{ host: 'db-1', owner: 'dba', facts: { rack: 'r7' } }],
      runbooks: [
        { name: 'db', title: 'Databases', section: 'Pools', foundBy: 'rule', score: 1, steps: ['ss -s'] },
      ],
      history: [
        { id: 'h', at, action: 'hand-over', by: { id: 'a', name: 'Ana' }, to: { id: 'b', name: 'Bo' } },
      ],
    });
    const signal = new AbortController().signal;
    await gateway.store.saveDeliveries([sampleDelivery({ code: '19021', error: 'sign match fail' })], {
      signal,
    });
    const by = { id: 'wang', name: '王芳' };
    const entry = { id: 'x', at, by, via: 'card', action: 'silence-8h', outcome: 'refused' } as const;
    await gateway.store.saveAudit([{ ...entry, incidentId: finding.id, why: 'pinned' }], { signal });
    const { status, text } = await gateway.ask('GET', page({ purpose: 'view' }));
    expect(status).toBe(200);
    for (const shown of [
      ...['the pool is too small', 'a leak', '(unproven)', 'pool exhausted', 'raise max_connections'],
      ...[
        'model m, confidence 70%',
        'height="100"',
        'rack r7',
        'Databases · Pools',
        'First steps: Databases',
        '<li>ss -s</li>',
        'Ana — until resolved',
        'Ana — Hand over — Bo',
      ],
      ...['19021 — sign match fail', '王芳 — card — Silence for 8 hours — refused — pinned'],
      ...finding.exemplars.flatMap((exemplar) => [exemplar.text, ...exemplar.before]),
    ])
      expect(text).toContain(shown);
    const buttons = [...text.matchAll(/class="button" href="\.\.(\/a\/[^"]+)">([^<]+)</g)];
    expect(buttons.map((match) => match[2])).toEqual([
      ...['Take it', 'Resolved', 'Hand over', 'Silence for 1 hour'],
    ]);
    for (const match of buttons) expect((await gateway.ask('GET', match[1] ?? '')).status).toBe(200);
    await expectNothingDone();
  });

  it('has no buttons where its channel has none', async () => {
    const { text } = await gateway.ask('GET', page({ purpose: 'view', channel: 'quiet' }));
    expect(text).not.toContain('class="button"');
  });

  it('obeys nothing that a log line says, and masks what the channel may not see', async () => {
    const evil = [
      '</pre><script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '{{ 7*7 }}{% for x in [1] %}x{% endfor %}',
      "';alert(1)//\u202egnp.exe",
      '<form action="https://evil.example"><input name=p>',
      'password=hunter2hunter2 call 13800138000 mail bob@example.com',
    ].join('\n');
    await gateway.save({
      ...finding,
      revision: 3,
      ...{ title: evil, service: evil, hosts: [evil], severityReasons: [evil], detail: evil },
      ...{ captures: { [evil]: evil }, labels: { x: evil } },
      exemplars: [
        { id: 'e', timestamp: finding.firstSeen, host: evil, file: evil, text: evil, before: [evil] },
      ],
      assets: [{ host: evil, owner: evil, facts: { [evil]: evil } }],
      history: [
        { id: 'h', at: finding.firstSeen, action: 'resolve', by: { id: 'a', name: evil.slice(0, 200) } },
      ],
      causedBy: { id: 'x', service: evil, title: evil },
    });
    for (const path of [page({ purpose: 'view' }), page()]) {
      const { status, text } = await gateway.ask('GET', path);
      expect(status).toBe(200);
      expect(text).not.toMatch(/<script|<img|<input name=p|<form action/i);
      expect(text).not.toContain('\u202e');
      expect(text).not.toMatch(/hunter2|13800138000|bob@example/);
      expect(text).toContain('{{ 7*7 }}');
      expect(text).toContain('&lt;script&gt;');
    }
  });

  it('obeys nothing that a person says either', async () => {
    const { text } = await post(page(), { name: '<b>x</b>', note: '<script>', once: '"><script>' });
    expect(text).not.toMatch(/<script|<b>x/);
  });
});
