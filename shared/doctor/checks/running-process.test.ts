import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderInUse } from '#shared/bus/embedded/lock.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type HttpServer, serve } from '#shared/telemetry/index.ts';
import { testAuthority, writeCertificate } from '#test/certificates/issue.ts';
import { runningProcess } from './running-process.ts';

let folder: string;
let server: HttpServer;
const metricsToken = 'a-token-of-metrics';
const app = new Hono().get('/readyz', (context) => {
  const mayKnow = context.req.header('authorization') === `Bearer ${metricsToken}`;
  const dependencies = mayKnow ? [{ name: 'ollama', ok: false, detail: 'away' }] : [];
  return context.json({ ready: false, dependencies }, 503);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-doctor-'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

it('asks a process that serves HTTPS, whatever name its certificate is for, with the token of metrics', async () => {
  const tls = await writeCertificate(folder, await testAuthority(), ['gateway']);
  server = await serve(app, { host: '127.0.0.1', port: 0, tls }, pino({ level: 'silent' }));
  const config = ConfigSchema.parse({ http: { port: Number(new URL(server.url).port), tls, metricsToken } });
  expect(await runningProcess(config, new FolderInUse('process 1', folder, undefined))).toMatchObject({
    status: 'bad',
    detail: expect.stringMatching(/process 1, which is not ready: ollama: away$/),
  });
});

it('believes nobody else, though the same authority has signed them', async () => {
  const authority = await testAuthority();
  const other = await mkdtemp(join(folder, 'other-'));
  const theirs = await writeCertificate(other, authority, ['gateway']);
  server = await serve(app, { host: '127.0.0.1', port: 0, tls: theirs }, pino({ level: 'silent' }));
  const tls = await writeCertificate(folder, authority, ['gateway']);
  const config = ConfigSchema.parse({ http: { port: Number(new URL(server.url).port), tls } });
  expect(await runningProcess(config, new FolderInUse('process 1', folder, undefined))).toMatchObject({
    status: 'bad',
    detail: expect.stringContaining('and no logpatrol answers at https://127.0.0.1'),
  });
});
