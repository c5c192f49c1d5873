import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { readPem } from '#shared/tls/index.ts';

/** Where to listen, and with which certificate where it is to be HTTPS. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string } | undefined;
}

export interface HttpServer {
  /** `http://127.0.0.1:8630`, with the port that it really has. */
  readonly url: string;
  /** Stops listening, and closes what is open once its answer is out, at the latest after a second. */
  close(): Promise<void>;
}

/**
 * Serves `app`.
 *
 * @throws LogpatrolError `unusable-environment` where the address cannot be had, `invalid-config` where the certificate
 * or its key cannot be used
 */
export async function serve(app: Hono, address: Address): Promise<HttpServer> {
  const server = serverOf(app, address.tls);
  server.maxConnections = 512;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(address.port, address.host, resolve);
  try {
    await promise;
  } catch (error) {
    throw new LogpatrolError('unusable-environment', cannotListen(error, address), { cause: error });
  }
  server.off('error', reject);
  return { url: urlOf(server, address), close: () => close(server) };
}

/** A slow or idle client must not hold a connection for ever. */
const patience = { requestTimeout: 30_000, headersTimeout: 10_000 };

function serverOf(app: Hono, tls: Address['tls']): Server {
  const listener = getRequestListener(app.fetch);
  if (tls === undefined) return createServer(patience, listener);
  const cert = readPem(tls.certificateFile, 'http.tls.certificateFile');
  const key = readPem(tls.keyFile, 'http.tls.keyFile');
  try {
    return createSecureServer({ ...patience, cert, key, minVersion: 'TLSv1.2' }, listener);
  } catch (cause) {
    throw new LogpatrolError(
      'invalid-config',
      `http.tls: ${tls.certificateFile} and ${tls.keyFile} do not serve: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function cannotListen(error: unknown, { host, port }: Address): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const remedy = 'set http.host and http.port, or LOGPATROL_HTTP_PORT';
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use by another process; ${remedy} (0 takes any free port)`;
    case 'EACCES':
      return `port ${port} on ${host} may not be used by this user; ${remedy}`;
    default:
      return `cannot listen on ${host}, port ${port} (${String(code ?? error)}); ${remedy}`;
  }
}

function urlOf(server: Server, { host, port, tls }: Address): string {
  const bound = server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), 1000);
  await promise;
  clearTimeout(timer);
}
