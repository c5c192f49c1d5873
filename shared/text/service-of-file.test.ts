import { expect, it } from 'vitest';
import { serviceOfFile } from './service-of-file.ts';

it.each([
  ['/var/log/nginx/error.log.2.gz', 'error'],
  ['C:\\logs\\orders-2026-11-20.LOG', 'orders'],
  ['/x/container_1445062781478_0012_01_000001', 'container'],
  ['/var/log/syslog', 'syslog'],
  ['.log', undefined],
  ['/var/log/2026-11-20.log', '2026'],
  ['', undefined],
])('takes %j for %j', (path, service) => {
  expect(serviceOfFile(path)).toBe(service);
});
