import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/schema.ts';
import { loadRules } from '../detect/index.ts';
import { incidentsOf, subjectOf } from './incidents.ts';
import { recordsOf } from './records.ts';
import { sampleScenario } from './testing/sample.ts';

const config = ConfigSchema.parse({});
const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const scenario = (some: Record<string, unknown>) =>
  sampleScenario({ language: 'en', about: { rule: 'storage.no-space' }, ...some });

function incidents(some: Record<string, unknown>) {
  const one = scenario(some);
  return incidentsOf(one, recordsOf(one.logs, Date.parse(one.at)), { config, rules });
}

describe("a scenario's lines", () => {
  it('become incidents with their host, service, time and the lines before', () => {
    const [incident] = incidents({
      logs: [
        {
          host: 'a',
          service: 'shop',
          file: '/var/log/shop.log',
          lines: '2026-03-05T03:00:00Z INFO begin\n2026-03-05T03:00:01Z ERROR No space left on device\n',
        },
      ],
    });
    expect(incident).toMatchObject({
      rule: 'storage.no-space',
      service: 'shop',
      state: 'open',
      old: false,
      hosts: [{ name: 'a', count: 1 }],
      firstSeen: '2026-03-05T03:00:01.000Z',
      exemplars: [{ before: ['2026-03-05T03:00:00Z INFO begin'], offset: 32 }],
    });
  });

  it('read times without a zone as UTC, whatever the zone of this machine', () => {
    const [incident] = incidents({ logs: [{ lines: '2026-03-05 03:00:01 ERROR No space left on device' }] });
    expect(incident?.firstSeen).toBe('2026-03-05T03:00:01.000Z');
  });

  it('may be events as a shipper writes them', () => {
    const [incident] = incidents({
      logs: [
        {
          host: 'a',
          type: 'nginx',
          ecs: [
            { message: 'No space left on device', kubernetes: { container: { name: 'web' } } },
            {
              message: 'No space left on device',
              host: { name: 'b' },
              kubernetes: { container: { name: 'web' } },
            },
          ],
        },
      ],
    });
    expect(incident).toMatchObject({
      service: 'web',
      type: 'nginx',
      count: 2,
      hosts: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('may repeat, each at its own time', () => {
    const logs = [
      {
        repeat: {
          line: '{time} sshd[1]: Failed password for root from 192.0.2.{n} port 22 ssh2',
          count: 3,
          from: '2026-03-05T03:00:00Z',
          everySeconds: 10,
        },
      },
    ];
    const records = recordsOf(scenario({ logs }).logs, 0).get('app') ?? [];
    expect(records.map(({ value }) => JSON.parse(String(value)).message)).toEqual([
      '2026-03-05T03:00:00.000Z sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2',
      '2026-03-05T03:00:10.000Z sshd[1]: Failed password for root from 192.0.2.2 port 22 ssh2',
      '2026-03-05T03:00:20.000Z sshd[1]: Failed password for root from 192.0.2.3 port 22 ssh2',
    ]);
  });

  it('may be a stack trace of so many KB, its cause at the end', () => {
    const trace = {
      head: 'ERROR failed',
      exception: 'a.B: c',
      cause: 'd.E: No space left on device',
      kilobytes: 200,
    };
    const [record] = recordsOf(scenario({ logs: [{ trace }] }).logs, 0).get('app') ?? [];
    const message: string = JSON.parse(String(record?.value)).message;
    expect(message.length).toBeGreaterThan(200 * 1024);
    expect(message.length).toBeLessThan(202 * 1024);
    expect(message.startsWith('ERROR failed\na.B: c\n\tat ')).toBe(true);
    expect(message.split('\n').at(-3)).toBe('Caused by: d.E: No space left on device');
    expect(incidents({ logs: [{ trace }] })).toMatchObject([{ rule: 'storage.no-space' }]);
  });

  it.each([
    ['silent', { silent: { minutes: 26, usual: 1, longest: 4 } }, 'rates.silent', 1, /Not seen for 26 min/],
    [
      'spike',
      { spike: { lines: 900, median: 3, busiest: 9 } },
      'rates.spike',
      900,
      /900 lines within 5 min, 100 times/,
    ],
    ['new', { new: { lines: 7, kinds: 40 } }, 'rates.new', 7, /Not among the 40 kinds/],
  ])('or what rates say: %s', (_, kind, rule, count, detail) => {
    const rate = { ...kind, line: 'tick 1', template: 'tick <*>', service: 'clock', severity: 'info' };
    expect(incidents({ rate, about: { rule } })).toMatchObject([
      {
        rule,
        pack: 'rates',
        service: 'clock',
        count,
        severity: 'info',
        detail: expect.stringMatching(detail),
        exemplars: [{ text: 'tick 1' }],
      },
    ]);
  });
});

describe('the incident that a scenario is about', () => {
  const line = (text: string, service = 'shop') => ({ service, lines: `2026-03-05T03:00:01Z ERROR ${text}` });
  const logs = [
    line('write of carts: No space left on device'),
    line('write of orders: No space left on device'),
    line('write of bills: No space left on device', 'bills'),
  ];
  const of = (about: Record<string, unknown>) => subjectOf(scenario({ logs, about }), incidents({ logs }));

  it('is told by rule, service and line', () => {
    const rule = 'storage.no-space';
    expect(of({ rule, service: 'bills' }).service).toBe('bills');
    expect(of({ rule, service: 'shop', line: 'orders' }).exemplars[0]?.text).toContain('orders');
  });

  it('has to be there, and to be one', () => {
    expect(() => of({ rule: 'storage.quota' })).toThrow(
      /some: its lines make no incident as about has it; there are: storage\.no-space of shop/,
    );
    expect(() => of({ rule: 'storage.no-space', service: 'shop' })).toThrow(/make more than one incident/);
  });
});
