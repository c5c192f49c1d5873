const levels = ['INFO', 'DEBUG', 'INFO', 'INFO'] as const;
const paths = [
  '/api/v1/orders',
  '/api/v1/carts',
  '/api/v2/users',
  '/internal/metrics',
  '/api/v1/search',
] as const;
const failures = [
  'java.lang.OutOfMemoryError: Java heap space',
  'Connection refused (Connection refused)',
  'java.net.SocketTimeoutException: Read timed out',
  'FATAL: too many connections for role "app"',
] as const;

/** Time of the first line where nothing else is said, in milliseconds since the epoch. */
const start = 1_763_000_000_000;

/** One line of an application's log, 250 bytes; every hundredth is one that a shipped rule matches. Deterministic. */
export function ordinaryLine(index: number, from = start): string {
  const at = new Date(from + index).toISOString();
  const isHit = index % 100 === 99;
  const head = isHit
    ? `${at} ERROR [worker-${index % 64}] com.example.shop.OrderService - ${failures[((index / 100) % failures.length) | 0]} order=${index}`
    : `${at} ${levels[index % levels.length]} [worker-${index % 64}] com.example.shop.OrderService - GET ${paths[index % paths.length]} 200 in ${index % 977} ms user=${index % 100_003} order=${index}`;
  const filler = ' region=cn-north-1 zone=b build=4711 thread=http-nio-8080-exec node=shop-frontend trace=';
  const line = `${head}${filler}`;
  return line.padEnd(250, `${(index * 2_654_435_761) % 4_294_967_296}`.padStart(10, '0')).slice(0, 250);
}

/** The same as Filebeat ships it with our filebeat.yml: about 450 bytes. */
export function filebeatEvent(index: number, from = start): string {
  const host = `web-${index % 16}`;
  return JSON.stringify({
    '@timestamp': new Date(from + index).toISOString(),
    message: ordinaryLine(index, from),
    log: { offset: index * 251, file: { path: `/var/log/shop/${host}.log` } },
    host: { name: host },
    service: { name: 'shop' },
    fields: { log_type: 'app' },
    ecs: { version: '8.0.0' },
  });
}
