import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { FolderInUse } from '#shared/bus/embedded/lock.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type HttpServer, serve } from '#shared/telemetry/index.ts';
import { type TestAuthority, testAuthority, writeCertificate } from '#test/certificates/issue.ts';
import { RunningProcess } from './running-process.ts';

let folder: string;
let server: HttpServer;
let authority: TestAuthority;
const Said = z.object({ authorization: z.string().optional(), via: z.string().optional() });
const app = new Hono().post('/api/x', (context) =>
  context.json({
    authorization: context.req.header('authorization'),
    via: context.req.header('x-logpatrol-via'),
  }),
);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-process-'));
  authority = await testAuthority();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function start(tls?: { certificateFile: string; keyFile: string }): Promise<number> {
  server = await serve(app, { host: '127.0.0.1', port: 0, tls }, pino({ level: 'silent' }));
  return Number(new URL(server.url).port);
}

function ask(http: Record<string, unknown>) {
  const inUse = new FolderInUse('process 1', folder, undefined);
  return new RunningProcess(ConfigSchema.parse({ http }), inUse).ask('POST', '/api/x', Said, { a: 1 });
}

it('asks a process that serves HTTPS, whatever name its certificate is for', async () => {
  const tls = await writeCertificate(folder, authority, ['logpatrol.example']);
  const port = await start(tls);
  expect(await ask({ port, tls, token: 'a-token-of-the-test' })).toEqual({
    authorization: 'Bearer a-token-of-the-test',
    via: 'cli',
  });
});

it('asks nobody else, though the same authority has signed them', async () => {
  const other = await mkdtemp(join(folder, 'other-'));
  const port = await start(await writeCertificate(other, authority, ['logpatrol.example']));
  const tls = await writeCertificate(folder, authority, ['logpatrol.example']);
  await expect(ask({ port, tls, token: 'a-token-of-the-test' })).rejects.toMatchObject({
    kind: 'unusable-environment',
    message: expect.stringContaining('no logpatrol answers at https://127.0.0.1'),
  });
});

it('sends the token of a name that may everything, where there is no other', async () => {
  const port = await start();
  const tokens = [
    { name: 'bot', token: 'a-token-of-the-bot', role: 'viewer' },
    { name: 'ops', token: 'a-token-of-the-ops', role: 'admin' },
  ];
  expect(await ask({ port, tokens })).toMatchObject({ authorization: 'Bearer a-token-of-the-ops' });
  expect((await ask({ port })).authorization).toBeUndefined();
});
