import { sampleTime } from '#test/samples/hit.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import type { Gathered, Neighbour } from '../context.ts';

const at = (seconds: number) => new Date(sampleTime + seconds * 1000).toISOString();

/** An incident that has all that a prompt can tell of one. */
export const fullIncident = sampleIncident({
  count: 1200,
  hosts: [
    { name: 'db-1', count: 1100 },
    { name: 'db-2', count: 100 },
  ],
  hostCount: 2,
  openings: 2,
  flapping: true,
  lastSeen: at(600),
  detail: '1 分钟内 1200 行，平时至多 3 行',
  numbers: { lines: 1200, median: 1 },
  captures: { pool: 'main' },
  dependants: [{ id: 'i-3', service: 'gateway', title: '上游超时' }],
  exemplars: [
    {
      id: 'line-1',
      timestamp: at(0),
      host: 'db-1',
      file: '/var/log/orders.log',
      text: [
        'ERROR OrderService - java.lang.IllegalStateException: cannot load order 4711',
        '\tat com.acme.orders.OrderService.load(OrderService.java:42)',
        '\tat org.springframework.aop.Proxy.invoke(Proxy.java:10)',
        'Caused by: java.sql.SQLException: FATAL: too many connections',
        '\tat org.postgresql.core.Connect.open(Connect.java:99)',
        '\tat com.acme.orders.Repository.query(Repository.java:17)',
        '\t... 1 more',
      ].join('\n'),
      before: ['pool size 100, 100 in use', 'request of li@example.com waits for a connection'],
    },
    {
      id: 'line-2',
      timestamp: at(30),
      host: 'db-2',
      text: 'FATAL: too many connections, password=hunter2x',
      before: [],
    },
  ],
});

export const fullNeighbours: readonly Neighbour[] = [
  {
    ...{ id: 'i-1', service: 'ipmi', title: '磁盘即将损坏', severity: 'critical', hosts: ['db-1'] },
    ...{ firstSeen: at(-300), isHardware: true },
  },
  {
    ...{ id: 'i-2', service: 'orders', title: '接口变慢', severity: 'warning', hosts: ['db-1', 'db-2'] },
    ...{ firstSeen: at(-60), isHardware: false },
  },
];

export const fullContext: Gathered = {
  runbooks: [
    {
      ...{ name: 'pool', title: '连接数耗尽', section: '检查', foundBy: 'rule', score: 1 },
      ...{ path: 'runbooks/pool.md', line: 9, terms: [] },
      text: '先查 `SELECT count(*) FROM pg_stat_activity;`，看是谁占用了连接。',
    },
    {
      ...{ name: 'pool', title: '连接数耗尽', section: '处置', foundBy: 'rule', score: 0.5 },
      ...{ path: 'runbooks/pool.md', line: 9, terms: [] },
      text: '结束空闲会话；不要先重启数据库。',
    },
  ],
  assets: [{ host: 'db-1', owner: '张三', facts: { rack: 'A-07', role: 'primary', model: 'R740' } }],
  machines: [],
  surroundings: [
    ...[
      [-240, 'kernel: sd 0:0:0:0: [sda] Unhandled error code'],
      ...Array.from(
        { length: 5 },
        (_, index) => [-120 + index, `slow query took ${900 + index} ms`] as const,
      ),
      [-5, 'pool size 100, 100 in use'],
    ].map(([seconds, text], index) => ({
      id: `stored-${index + 1}`,
      timestamp: at(Number(seconds)),
      host: 'db-1',
      service: 'orders',
      text: String(text),
    })),
  ],
  similar: [
    {
      id: 'p-1',
      title: '连接数耗尽',
      lastSeen: at(-86_400),
      cause: '会话未释放',
      feedback: '李四：发布后回滚即可',
    },
  ],
};
