import { describe, expect, it } from 'vitest';
import type { BusRecord } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { Hit } from '#shared/model/index.ts';
import { logId } from '#shared/text/log-id.ts';
import { createDetector } from './detector.ts';
import { loadRules } from './rules/index.ts';

const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const { domains } = ConfigSchema.parse({
  domains: [
    { name: 'pay', partition: 3, services: ['checkout'] },
    { name: 'default', partition: 0 },
  ],
});
const detector = createDetector({ rules, type: 'app', domains });
const now = Date.UTC(2026, 10, 21, 1, 0, 0);

let offset = 0;
const record = (value: string | Buffer | object | null, timestamp = now - 1000): BusRecord => {
  offset += 1;
  return {
    topic: 'logs.app',
    partition: 2,
    offset,
    key: null,
    value:
      value === null || Buffer.isBuffer(value)
        ? value
        : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: {},
    timestamp,
  };
};
const event = (message: string, host = 'web-1', more: object = {}) => ({
  '@timestamp': '2026-11-21T00:59:00.000Z',
  message,
  host: { name: host },
  log: { offset: 1000 + offset, file: { path: '/var/log/shop.log' } },
  service: { name: 'shop' },
  ...more,
});
const oom = 'java.lang.OutOfMemoryError: Java heap space';

function detect(records: readonly BusRecord[]) {
  const detection = detector.detect(records, now);
  for (const signal of detection.signals) expect(Hit.parse(signal)).toEqual(signal);
  return detection;
}

describe('createDetector', () => {
  it('folds the hits of one fingerprint into one signal, with hosts, times and evidence', () => {
    const records = [
      record(event('2026-11-21T00:10:00Z starting')),
      record(event('other file', 'web-1', { log: { offset: 1, file: { path: '/var/log/other.log' } } })),
      record(event('other host', 'web-2')),
      record(event(`2026-11-21T00:12:00Z ${oom}`)),
      record(event('quiet')),
      record(event(`2026-11-21T00:11:00Z ${oom}`, 'web-2')),
      record(event(`2026-11-21T00:13:00Z ${oom}`, 'web-2', { '@timestamp': 'nonsense' }), now - 500),
    ];
    const { signals, lines, decoded } = detect(records);
    expect({ lines, decoded }).toEqual({ lines: 7, decoded: 3 });
    expect(signals).toHaveLength(1);
    const [signal] = signals;
    expect(signal).toMatchObject({
      rule: 'jvm.out-of-memory',
      pack: 'jvm',
      severity: 'critical',
      service: 'shop',
      type: 'app',
      domain: 'default',
      count: 3,
      hosts: [
        { name: 'web-2', count: 2 },
        { name: 'web-1', count: 1 },
      ],
      otherHostsCount: 0,
      firstSeen: '2026-11-21T00:11:00.000Z',
      lastSeen: '2026-11-21T00:13:00.000Z',
      arrivedAt: new Date(now - 500).toISOString(),
    });
    expect(signal?.id).toBe(`logs.app-2-${records[0]?.offset}-${signal?.fingerprint}`);
    expect(signal?.traceId).toBe(signal?.exemplars[0]?.id);
    expect(signal?.exemplars.map((each) => [each.host, each.before])).toEqual([
      ['web-1', ['2026-11-21T00:10:00Z starting']],
      ['web-2', ['other host']],
      ['web-2', ['other host', `2026-11-21T00:11:00Z ${oom}`]],
    ]);
  });

  it('names a line by the id that it has in the store, whatever its fields are', () => {
    const odd = event(oom, 'web-1', {
      log: { offset: 7, level: 3, file: { path: '/var/log/shop.log' } },
      host: 'web-1',
    });
    const source = record(odd);
    expect(detect([source]).signals[0]?.exemplars[0]?.id).toBe(logId(odd, source));
  });

  it('finds one failure in a log line and the exception below it, the same as in the exception alone', () => {
    const trace = (order: number, text: string) =>
      record(
        event(`${text}\tat com.example.shop.Orders.save(Orders.java:4${order})\n\tat a.B.c(B.java:${order})`),
      );
    const log = (order: number) =>
      `2026-11-21T00:10:0${order}.007Z ERROR [worker-${order}] OrderService - cannot save order ${order}\n`;
    const { signals } = detect([
      trace(1, `${log(1)}${oom}\n`),
      trace(2, `${log(2)}\n${oom}\n`),
      trace(3, `${oom}\n`),
      record(event(`${log(4)}${oom}`)),
      record(event(oom)),
    ]);
    expect(signals.map(({ rule, severity, count }) => ({ rule, severity, count }))).toEqual([
      { rule: 'jvm.out-of-memory', severity: 'critical', count: 5 },
    ]);
    const refused = 'java.net.ConnectException: Connection refused';
    expect(
      detect([trace(1, `${log(1)}${refused}\n`), trace(2, `${refused}\n`)]).signals.map(({ rule, count }) => [
        rule,
        count,
      ]),
    ).toEqual([['network.connection-refused', 2]]);
  });

  it('gives the same signals for the same batch', () => {
    const records = [record(event(oom)), record(event('Connection refused'))];
    expect(detect(records)).toEqual(detect(records));
  });

  it('caps hosts and exemplars, and counts exactly', () => {
    const records = Array.from({ length: 250 }, (_, index) => record(event(oom, `host-${index % 120}`)));
    const [signal] = detect(records).signals;
    expect(signal?.count).toBe(250);
    expect(signal?.hosts).toHaveLength(100);
    const named = signal?.hosts.reduce((sum, host) => sum + host.count, 0) ?? 0;
    expect(named + (signal?.otherHostsCount ?? 0)).toBe(250);
    expect(signal?.exemplars).toHaveLength(3);
  });

  it('sends a service to its domain', () => {
    expect(detect([record(event(oom, 'h', { service: { name: 'checkout' } }))]).signals[0]?.domain).toBe(
      'pay',
    );
  });

  it.each<[string, object, string]>([
    ['service.name', { service: { name: 'a' }, fields: { service: 'b' } }, 'a'],
    ['fields.service', { service: undefined, fields: { service: 'b' } }, 'b'],
    ['container.name', { service: undefined, container: { name: 'c' } }, 'c'],
    [
      'the file',
      { service: undefined, log: { offset: 1, file: { path: '/x/nginx.error.log.2.gz' } } },
      'nginx.error',
    ],
    ['the log type', { service: undefined, log: undefined }, 'app'],
  ])('takes the service from %s', (_, more, expected) => {
    expect(detect([record(event(oom, 'h', more))]).signals[0]?.service).toBe(expected);
  });

  it('takes the program of a syslog line for the service, and leaves its header out of the fingerprint', () => {
    const line = (host: string, pid: number) =>
      record(
        event(`Nov 21 00:52:59 ${host} mysqld[${pid}]: Too many connections`, 'relay', {
          service: undefined,
        }),
      );
    const { signals } = detect([line('db-1', 7), line('replica', 9)]);
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({ service: 'mysqld', count: 2 });
  });

  it.each([
    ['2026-11-21T00:00:00+08:00 web-1 sshd[7]: ', 'sshd'],
    ['2026-11-21T00:00:00.123456+08:00 web-1 kernel: ', 'kernel'],
    ['<13>Nov 21 00:00:00 web-1 app/worker: ', 'app/worker'],
    ['2026-11-21T00:00:00Z ERROR com.example.Shop: ', 'shop'],
    ['2026-11-21T00:00:00Z main worker: ', 'shop'],
    ['2026-11-21 00:00:00 web-1 sshd[7]: ', 'shop'],
    ['Nov 21 00:00:00 ERROR worker: ', 'shop'],
  ])('tells syslog from what only looks like it: %s', (head, service) => {
    const { signals } = detect([record(event(`${head}Connection refused`, 'h', { service: undefined }))]);
    expect(signals[0]?.service).toBe(service);
  });

  it('reads the fields of an event without message', () => {
    const value = { host: { name: 'h' }, level: 'error', err: { stack: ['x', oom] }, service: { name: 's' } };
    expect(detect([record(value)]).signals[0]).toMatchObject({
      rule: 'jvm.out-of-memory',
      service: 's',
      count: 1,
    });
  });

  it.each<[string, string | Buffer]>([
    ['no JSON', `${oom} {not json`],
    ['broken JSON', `{"message":"${oom}"`],
    ['a JSON string', JSON.stringify(oom)],
    ['an array', JSON.stringify([oom])],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(` ${oom} `), Buffer.from([0xc3])]),
    ],
    ['a NUL', `{"message":"a\\u0000 ${oom}"}`],
    ['a polluting key', `{"__proto__":{"polluted":true},"message":"${oom}"}`],
    ['a polluting constructor', `{"constructor":{"prototype":{"polluted":true}},"message":"${oom}"}`],
    ['10,000 levels', `{"message":"${oom}","deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['10,000 levels without message', `{"deep":${'['.repeat(10_000)}"${oom}"${']'.repeat(10_000)}}`],
    [
      'fields of wrong types',
      `{"message":"${oom}","log":7,"host":"web-1","service":[],"@timestamp":{},"tags":"x","event":null}`,
    ],
    ['a message of a wrong type', `{"message":{"text":"${oom}"}}`],
    ['the year 275760', `{"message":"${oom}","@timestamp":"+275760-09-13T00:00:00.000Z"}`],
    ['a line of 2 MB', JSON.stringify({ message: `${'x'.repeat(2_000_000)} ${oom}` })],
  ])('keeps the hit of %s, and the rest of the batch', (_, value) => {
    const { signals } = detect([record(value), record(null), record(event('Connection refused'))]);
    expect(signals.map((signal) => signal.rule)).toEqual(['jvm.out-of-memory', 'network.connection-refused']);
    for (const signal of signals) {
      expect(signal.exemplars[0]?.text.length).toBeLessThanOrEqual(4096);
      expect(Date.parse(signal.lastSeen)).toBeLessThanOrEqual(now);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('does not believe a producer whose clock is in the future or broken', () => {
    for (const timestamp of [now + 86_400_000, -1, Number.NaN, 8.64e15])
      expect(detect([record(event(oom), timestamp)]).signals[0]?.arrivedAt).toBe(new Date(now).toISOString());
  });

  it('decodes every line where a rule leaves the gate nothing to look for, and loses none', () => {
    const open = rules.rules.map((rule) => ({ ...rule, literals: undefined }));
    const ungated = createDetector({ rules: { ...rules, rules: open }, type: 'app', domains });
    const records = [record(event('fine')), record(event(oom))];
    expect(ungated.ungated).toHaveLength(rules.rules.length);
    expect(ungated.detect(records, now)).toMatchObject({
      lines: 2,
      decoded: 2,
      signals: [{ rule: 'jvm.out-of-memory' }],
    });
  });

  it('reads times without a zone in the zone that it is told', () => {
    const shanghai = createDetector({ rules, type: 'app', domains, timeZone: 'Asia/Shanghai' });
    for (const value of [event(`2026-11-21 08:10:00,123 ${oom}`), `2026-11-21 08:10:00,123 ${oom}`])
      expect(shanghai.detect([record(value)], now).signals[0]?.firstSeen).toBe('2026-11-21T00:10:00.123Z');
  });

  it('clamps lines from the future, and counts them and late ones', () => {
    const { signals, late, future } = detect([
      record(event(`2026-11-21T00:10:00Z ${oom}`)),
      record(event(`2026-11-21T00:59:30Z ${oom}`)),
      record(event(`2026-11-22T00:00:00Z ${oom}`)),
      record(event('2026-11-22T00:00:00Z nothing of interest')),
    ]);
    expect(signals[0]?.lastSeen).toBe(new Date(now - 1000).toISOString());
    expect({ late, future }).toEqual({ late: 1, future: 1 });
  });

  it('shows of a trace its root exception and the frame of one’s own code', () => {
    const trace = `${oom}\n\tat java.base/java.util.Arrays.copyOf(Arrays.java:1)\n\tat com.example.Shop.load(Shop.java:7)`;
    expect(detect([record(event(trace))]).signals[0]?.captures).toEqual({
      exception: oom,
      frame: 'com.example.Shop.load',
    });
    expect(detect([record(event(oom))]).signals[0]).not.toHaveProperty('captures');
  });

  it('looks only with the packs of its route', () => {
    const only = createDetector({ rules, type: 'app', packs: ['network'], domains });
    expect(only.detect([record(event(oom)), record(event('Connection refused'))], now).signals).toMatchObject(
      [{ rule: 'network.connection-refused' }],
    );
  });
});
