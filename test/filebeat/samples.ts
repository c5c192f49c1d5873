/** A file for an input, and what of it must come out at the other end of Kafka. */
export interface Sample {
  readonly name: string;
  /** Name of the input in filebeat.yml. */
  readonly input: string;
  readonly path: string;
  readonly content: string;
  readonly events: readonly Expected[];
}

export interface Expected {
  /** As detection sees it, without line breaks that stand alone. */
  readonly text: string;
  readonly service: string;
  /** The host in a syslog header. */
  readonly loggedHost?: string;
  /** The time that counts, where the line or its shipper tells one. */
  readonly time?: string;
}

const trace = [
  'java.lang.OutOfMemoryError: Java heap space',
  '\tat com.example.shop.Orders.save(Orders.java:41)',
  'Caused by: java.lang.IllegalStateException',
  '\t... 12 more',
];
const failed = '2026-11-21T01:47:06.007Z ERROR [worker-1] OrderService - cannot save order 1';
const going = '2026-11-21T01:47:07.000Z INFO [worker-1] OrderService - going on';

const docker = (text: string, second: number) =>
  JSON.stringify({
    log: `${text}\n`,
    stream: 'stdout',
    attrs: { tag: 'shop' },
    time: `2026-11-21T01:47:0${second}.123456789Z`,
  });
const file = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

export const samples: readonly Sample[] = [
  {
    name: 'a trace of a container, below an empty line as Spring Boot prints one',
    input: 'containers',
    path: '/var/lib/docker/containers/0b9c/0b9c-json.log',
    content: file(
      docker(failed, 6),
      docker('', 6),
      ...trace.map((line) => docker(line, 6)),
      docker(going, 7),
    ),
    events: [
      { text: [failed, ...trace].join('\n'), service: 'shop', time: '2026-11-21T01:47:06.007Z' },
      { text: going, service: 'shop', time: '2026-11-21T01:47:07.000Z' },
    ],
  },
  {
    name: 'a long line of containerd, in parts',
    input: 'containers',
    path: '/var/log/containers/pay-7d9_shop_pay-0b9c.log',
    content: file(
      '2026-11-21T01:47:06.123456789Z stderr P Error: connect ',
      '2026-11-21T01:47:06.123456789Z stderr F ECONNREFUSED 10.0.0.7:5432',
    ),
    events: [
      {
        text: 'Error: connect ECONNREFUSED 10.0.0.7:5432',
        service: 'pay-7d9_shop_pay-0b9c',
      },
    ],
  },
  {
    name: 'syslog',
    input: 'syslog',
    path: '/var/log/auth.log',
    content: file(
      'Nov 21 01:47:06 web-1 sshd[812]: Failed password for root from 192.0.2.7 port 22 ssh2',
      '2026-11-21T01:47:07.000000+00:00 web-1 kernel: Out of memory: Killed process 812 (java)',
    ),
    events: [
      {
        text: 'Nov 21 01:47:06 web-1 sshd[812]: Failed password for root from 192.0.2.7 port 22 ssh2',
        service: 'sshd',
        loggedHost: 'web-1',
      },
      {
        text: '2026-11-21T01:47:07.000000+00:00 web-1 kernel: Out of memory: Killed process 812 (java)',
        service: 'kernel',
        loggedHost: 'web-1',
        time: '2026-11-21T01:47:07.000Z',
      },
    ],
  },
  {
    name: 'nginx: access',
    input: 'nginx',
    path: '/var/log/nginx/access.log',
    content: file('192.0.2.7 - - [21/Nov/2026:01:47:06 +0000] "GET /pay HTTP/1.1" 502 157 "-" "curl/8.5"'),
    events: [
      {
        text: '192.0.2.7 - - [21/Nov/2026:01:47:06 +0000] "GET /pay HTTP/1.1" 502 157 "-" "curl/8.5"',
        service: 'nginx',
        time: '2026-11-21T01:47:06.000Z',
      },
    ],
  },
  {
    name: 'nginx: error, in the rotated file',
    input: 'nginx',
    path: '/var/log/nginx/error.log.1',
    content: file(
      '2026/11/21 01:47:06 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream',
    ),
    events: [
      {
        text: '2026/11/21 01:47:06 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream',
        service: 'nginx',
      },
    ],
  },
  {
    name: 'an application with traces',
    input: 'applications',
    path: '/var/log/apps/shop/orders.log',
    content: file(failed, ...trace, going, 'plain Chinese: 磁盘空间不足'),
    events: [
      { text: [failed, ...trace].join('\n'), service: 'orders', time: '2026-11-21T01:47:06.007Z' },
      { text: going, service: 'orders', time: '2026-11-21T01:47:07.000Z' },
      { text: 'plain Chinese: 磁盘空间不足', service: 'orders' },
    ],
  },
  {
    name: 'an application that writes ECS, something else between, and a line without a message',
    input: 'json',
    path: '/var/log/apps/pay.json',
    content: file(
      '{"@timestamp":"2026-11-21T01:47:06.007Z","log.level":"error","message":"card refused","service.name":"pay","order":7}',
      'Killed',
      '{"event":"started","detail":{"port":8080,"name":"listener"}}',
    ),
    events: [
      { text: 'card refused', service: 'pay', time: '2026-11-21T01:47:06.007Z' },
      { text: 'Killed', service: 'pay' },
      { text: 'started\nlistener', service: 'pay' },
    ],
  },
];

/** What inputs ship that follow no file; the shapes were seen with a real Filebeat. */
export const received: readonly {
  readonly input: string;
  readonly event: object;
  readonly expected: Expected;
}[] = [
  {
    input: 'udp',
    event: {
      '@timestamp': '2026-11-21T01:47:06.100Z',
      '@metadata': { beat: 'filebeat', type: '_doc', version: '7.17.29', truncated: false },
      message: '<34>Nov 21 01:47:06 switch-1 lldpd[7]: port 3 is down\n',
      log: { source: { address: '192.0.2.9:50117' } },
      fields: { log_type: 'syslog' },
      event: { id: 'BMDh_qEB_Joht5ykh6Rq' },
      host: { name: 'collector' },
    },
    expected: {
      text: '<34>Nov 21 01:47:06 switch-1 lldpd[7]: port 3 is down',
      service: 'lldpd',
      loggedHost: 'switch-1',
    },
  },
  {
    input: 'journald',
    event: {
      '@timestamp': '2026-11-21T01:47:06.007Z',
      '@metadata': { beat: 'filebeat', type: '_doc', version: '9.4.3' },
      message: 'Failed password for root from 192.0.2.7 port 22 ssh2',
      service: { name: 'sshd' },
      log: { file: { path: '/var/log/journal' }, syslog: { priority: 6 } },
      event: { id: '4c61fb2b1d5f1f6b' },
      fields: { log_type: 'syslog' },
      host: { name: 'web-1' },
    },
    expected: { text: 'Failed password for root from 192.0.2.7 port 22 ssh2', service: 'sshd' },
  },
];
