import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Hono } from 'hono';
import pino from 'pino';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testAuthority, writeCertificate } from '#test/certificates/issue.ts';
import { type HttpServer, serve } from './serve.ts';

let folder: string;
let server: HttpServer | undefined;
let logged: string[];
const app = new Hono().get('/', (context) => context.text('here'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-tls-'));
  logged = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(tls?: { certificateFile: string; keyFile: string }): Promise<HttpServer> {
  const logger = pino({}, { write: (line: string) => void logged.push(line) });
  server = await serve(app, { host: '127.0.0.1', port: 0, tls }, logger);
  return server;
}

/** The certificate that a new connection is shown, and the protocol; only what `ca` has signed is taken. */
async function shown(url: string, ca: string, maxVersion?: 'TLSv1.1' | 'TLSv1.2') {
  const { hostname, port } = new URL(url);
  const socket = connect({
    ...{ host: hostname, port: Number(port), ca, servername: 'gateway' },
    // The client itself would refuse what is so old.
    ...(maxVersion && { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
  });
  try {
    await once(socket, 'secureConnect');
    return { serial: socket.getPeerCertificate().serialNumber, protocol: socket.getProtocol() };
  } finally {
    socket.destroy();
  }
}

describe('HTTPS', () => {
  it('is all that is served, from TLS 1.2 on', async () => {
    const authority = await testAuthority();
    const { url } = await start(await writeCertificate(folder, authority));
    const ca = authority.certificate;
    const dispatcher = new Agent({ connect: { ca, servername: 'gateway' } });
    expect(url).toMatch(/^https:/);
    expect(await (await fetch(url, { dispatcher })).text()).toBe('here');
    expect((await shown(url, ca, 'TLSv1.2')).protocol).toBe('TLSv1.2');
    await expect(shown(url, ca, 'TLSv1.1')).rejects.toThrow(/protocol version/i);
    await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow();
    await dispatcher.close();
  });

  it('has the certificate that is on the disk now, without a restart; one that does not serve changes nothing', async () => {
    const authority = await testAuthority();
    const files = await writeCertificate(folder, authority);
    const { url } = await start(files);
    const ca = authority.certificate;
    const { serial } = await shown(url, ca);
    await writeFile(files.keyFile, 'not a key');
    await vi.waitFor(() => expect(logged.join('')).toMatch(/key\.pem is not PEM.*still served/), 10_000);
    expect((await shown(url, ca)).serial).toBe(serial);
    await writeCertificate(folder, authority);
    await vi.waitFor(async () => expect((await shown(url, ca)).serial).not.toBe(serial), 10_000);
    expect(logged.join('')).toContain('has changed and is served now');
    await expect(shown(url, ca, 'TLSv1.1')).rejects.toThrow(/protocol version/i);
  });

  it('of a key that is not the certificate’s is a mistake of the configuration', async () => {
    const files = await writeCertificate(folder, await testAuthority());
    const other = await mkdtemp(join(folder, 'other-'));
    const { keyFile } = await writeCertificate(other, await testAuthority());
    await expect(start({ ...files, keyFile })).rejects.toMatchObject({
      kind: 'invalid-config',
      message: expect.stringMatching(/http\.tls: .* do not serve: .*mismatch/),
    });
  });
});

describe('what is asked', () => {
  /** The first line of the answer to raw bytes. */
  async function answerTo(bytes: string): Promise<string> {
    const { port } = new URL((await start()).url);
    const socket = connectPlain(Number(port), '127.0.0.1');
    socket.write(bytes);
    const [data] = await once(socket, 'data');
    socket.destroy();
    return String(data).split('\r\n')[0] ?? '';
  }

  it('may have headers of 16 KiB in all', async () => {
    const of = (length: number) => `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(length)}\r\n\r\n`;
    expect(await answerTo(of(15_000))).toBe('HTTP/1.1 200 OK');
    await server?.close();
    expect(await answerTo(of(17_000))).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('is answered without a word of what answers', async () => {
    const response = await fetch((await start()).url);
    expect([...response.headers.keys()].sort()).toEqual([
      ...['connection', 'content-length', 'content-type', 'date', 'keep-alive'],
    ]);
  });
});
