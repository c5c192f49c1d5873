import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { gatewayApp } from './app.ts';

const app = gatewayApp({ ailments: () => [], readiness: async () => [] }, new Registry());

it('answers the probes', async () => {
  expect((await app.request('/healthz')).status).toBe(200);
  expect((await app.request('/readyz')).status).toBe(503);
  expect((await app.request('/metrics')).headers.get('content-type')).toContain('text/plain');
});

it('has nothing else, and says so safely', async () => {
  const response = await app.request('/<script>');
  expect(response.status).toBe(404);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).not.toContain('script');
});
