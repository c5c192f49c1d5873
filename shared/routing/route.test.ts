import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Finding, Preference } from '#shared/model/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { explainRouting } from './explain.ts';
import { meantBy } from './people.ts';
import { routeFinding } from './route.ts';

const names = ['a', 'b', 'c', 'd', 'spare'];
const channels = Object.fromEntries(names.map((name) => [name, { type: 'console' }]));
const now = Date.parse('2026-11-20T18:30:00.000Z'); // Saturday, 02:30 in Shanghai

const configOf = (routing: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  ConfigSchema.parse({ channels, routing, ...more });

/** Where a finding goes: the route's names, and its channels. */
function goes(routing: Record<string, unknown>, over: Partial<Finding> = {}, at = now): string[] {
  const { destinations } = routeFinding(sampleFinding(over), configOf(routing), at);
  return destinations.map(({ path, channels: told }) => `${path.join('/')}: ${told.join(' ')}`);
}

const route = (name: string, when: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  name,
  when,
  ...more,
});

describe('without routes', () => {
  it('the channels are those of the log type, or all', () => {
    const settings = configOf(
      {},
      { routes: { app: {}, web: { channels: ['b', 'c'] }, quiet: { channels: [] } } },
    );
    const of = (type: string) =>
      routeFinding(sampleFinding({ type }), settings, now).destinations.map((each) => each.channels);
    expect(of('app')).toEqual([names]);
    expect(of('gone')).toEqual([names]);
    expect(of('web')).toEqual([['b', 'c']]);
    expect(of('quiet')).toEqual([[]]);
  });

  it('all are not those that are there for a purpose alone, unless there are no others', () => {
    const people = { ana: { name: 'Ana', channel: 'd' } };
    const routing = { fallback: ['spare'], escalate: [{ afterMinutes: 5, channels: ['c'] }] };
    const told = (settings: ReturnType<typeof configOf>) =>
      routeFinding(sampleFinding(), settings, now).destinations[0]?.channels;
    expect(told(configOf(routing, { people }))).toEqual(['a', 'b']);
    expect(
      told(configOf({ ...routing, routes: [route('x', { types: ['x'] }, { also: ['d'] })] }, { people })),
    ).toEqual(['a', 'b', 'd']);
    const alone = { channels: { d: { type: 'console' } }, routing: {}, people };
    expect(told(ConfigSchema.parse(alone))).toEqual(['d']);
  });
});

describe('the tree', () => {
  const services = { services: ['order-*'] };

  it('is walked as Alertmanager walks its own: the first that fits, its deepest, and further where it continues', () => {
    const routing = {
      channel: 'a',
      routes: [
        route('other', { services: ['mysql'] }, { channel: 'b' }),
        route('orders', services, {
          channel: 'b',
          continue: true,
          routes: [route('info', { severities: ['info'] }, { channel: 'c' })],
        }),
        route('all', {}, { channel: 'd' }),
        route('late', {}, { channel: 'c' }),
      ],
    };
    expect(goes(routing, { service: 'order-api', severity: 'info' })).toEqual(['orders/info: c', 'all: d']);
    expect(goes(routing, { service: 'order-api', severity: 'critical' })).toEqual(['orders: b', 'all: d']);
    expect(goes(routing, { service: 'mysql' })).toEqual(['other: b']);
    expect(goes({ channel: 'a', routes: [route('x', { types: ['x'] })] })).toEqual([': a']);
  });

  it('hands down what a route leaves out, and takes back what it empties', () => {
    const routing = {
      channel: 'a',
      also: ['b'],
      fallback: ['spare', 'c'],
      tell: ['ana'],
      escalate: [{ afterMinutes: 30 }, { afterMinutes: 5 }],
      routes: [
        route('orders', services, {
          channel: 'c',
          groupBy: [],
          routes: [route('in', {}, { also: [], escalate: [] })],
        }),
      ],
    };
    const people = { ana: { name: 'Ana' } };
    const at = (service: string) =>
      routeFinding(sampleFinding({ service }), configOf(routing, { people }), now).destinations[0];
    expect(at('mysql')).toMatchObject({
      channels: ['a', 'b'],
      fallback: ['spare', 'c'],
      groupMs: 300_000,
      escalate: [{ afterMs: 300_000 }, { afterMs: 1_800_000 }],
      groupKey: JSON.stringify([[], '[["mysql"],["database.too-many-connections"]]']),
    });
    const inner = at('order-api');
    expect(inner).toMatchObject({
      channels: ['c'],
      fallback: ['spare'],
      tell: ['ana'],
      escalate: [],
      groupBy: [],
    });
    expect(inner?.groupKey).toBeUndefined();
  });
});

describe('a condition', () => {
  const fits = (when: Record<string, unknown>, over: Partial<Finding> = {}, at = now) =>
    goes({ channel: 'a', routes: [route('it', when)] }, over, at)[0] === 'it: a';
  const finding: Partial<Finding> = {
    service: 'payments/card.api',
    hosts: ['db-1', 'web-7'],
    labels: { component: 'database', host: 'forged' },
    captures: { disk: 'sda\nx' },
    assets: [{ host: 'db-1', owner: 'dba', facts: { room: 'B2' } }],
  };

  it.each<[Record<string, unknown>, boolean]>([
    [{ services: ['payments/*'] }, true],
    [{ services: ['*api'] }, true],
    [{ services: ['!payments*'] }, false],
    [{ services: ['{orders,payments}/*'] }, true],
    [{ services: ['payments'] }, false],
    [{ labels: { host: 'web-*' } }, true],
    [{ labels: { host: 'forged' } }, false],
    [{ labels: { component: 'database', owner: 'dba', 'asset.room': 'B?' } }, true],
    [{ labels: { component: 'database', owner: 'net' } }, false],
    [{ labels: { disk: 'sd*' } }, true],
    [{ labels: { nothing: '*' } }, false],
    [{ types: ['app'], severities: ['critical'] }, true],
    [{ types: ['app'], severities: ['info'] }, false],
  ])('%j: %s', (when, expected) => {
    expect(fits(when, { ...finding, type: 'app', severity: 'critical' })).toBe(expected);
  });

  it('of hours goes by the clock of its zone', () => {
    const night = { times: [{ days: ['fri'], from: '22:00', to: '06:00', timeZone: 'Asia/Shanghai' }] };
    expect(fits(night)).toBe(true);
    expect(fits(night, {}, now + 4 * 3_600_000)).toBe(false);
    expect(fits(night, {}, now + 24 * 3_600_000)).toBe(false);
  });

  it('takes little time on a hostile text', () => {
    const begun = performance.now();
    fits({ labels: { disk: '*a*a*b' } }, { captures: { disk: 'a'.repeat(1_000_000) } });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(() => configOf({ routes: [route('x', { services: ['*a*a*a*b'] })] })).toThrow(/at most three \*/);
  });
});

describe('people', () => {
  const settings = configOf(
    {},
    {
      people: {
        fang: { name: '王芳', from: 'critical' },
        li: { name: '李雷' },
        off: { name: 'Off', tell: false },
      },
      teams: { dba: { members: ['fang', 'li'], from: 'info' }, ops: { members: ['li'], tell: false } },
    },
  );
  const prefer = (...all: (Pick<Preference, 'who' | 'tell'> & Partial<Preference>)[]) =>
    new Map(
      all.map((one) => [
        one.who,
        { kind: 'preference' as const, by: one.who, createdAt: '2026-11-21T01:00:00.000Z', ...one },
      ]),
    );
  const told = (tell: string[], severity: Finding['severity'], preferences = prefer()) =>
    meantBy(tell, severity, settings, preferences).map(({ who, isTold }) => (isTold ? who : `not ${who}`));

  it('are told from their severity on, as a team and its members allow', () => {
    expect(told(['dba', 'off'], 'critical')).toEqual(['fang', 'li', 'not off']);
    expect(told(['dba'], 'warning')).toEqual(['not fang', 'li']);
    expect(told(['dba'], 'info')).toEqual(['not fang', 'not li']);
    expect(told(['ops'], 'critical')).toEqual(['not li']);
    expect(told(['ops', 'li'], 'critical')).toEqual(['li']);
    expect(told(['nobody'], 'critical')).toEqual([]);
  });

  it('have the last word over the configuration', () => {
    expect(told(['dba'], 'info', prefer({ who: 'fang', tell: true, from: 'info' }))).toEqual([
      'fang',
      'not li',
    ]);
    expect(told(['dba'], 'critical', prefer({ who: 'dba', tell: false }))).toEqual(['not fang', 'not li']);
    expect(told(['off'], 'critical', prefer({ who: 'off', tell: true }))).toEqual(['off']);
  });

  it('see in an explanation why they are not told', () => {
    const { people } = settings;
    const config = configOf({ tell: ['fang'], channel: 'a' }, { people });
    const explained = explainRouting(sampleFinding({ severity: 'warning' }), config, new Map(), now);
    expect(explained.destinations[0]?.people).toMatchObject([
      {
        who: 'fang',
        isTold: false,
        why: '王芳 is told from critical on (the configuration), and this is warning',
      },
    ]);
    expect(explained.tree).toMatchObject({ verdict: 'fits', isTaken: true });
  });
});
