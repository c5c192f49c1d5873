import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { codeOf, LogpatrolError } from '#shared/errors/index.ts';
import { type CertificateFiles, renewCertificate, secureContextOf } from './certificate.ts';

/** Where to listen, and with which certificate where it is to be HTTPS. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls?: CertificateFiles | undefined;
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
 * @param logger told when a certificate changes on the disk
 * @throws LogpatrolError `unusable-environment` where the address cannot be had, `invalid-config` where the certificate
 * or its key cannot be used
 */
export async function serve(app: Hono, address: Address, logger: Logger): Promise<HttpServer> {
  const { server, certificate } = serverOf(app, address.tls, logger);
  server.maxConnections = 512;
  server.maxHeadersCount = 100;
  server.setTimeout(idleMs);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(address.port, address.host, resolve);
  try {
    await promise;
  } catch (error) {
    await certificate?.close();
    throw new LogpatrolError('unusable-environment', cannotListen(error, address), { cause: error });
  }
  server.off('error', reject);
  return {
    url: urlOf(server, address),
    close: async () => {
      await Promise.all([close(server), certificate?.close()]);
    },
  };
}

/** A slow or idle client must not hold a connection for ever, nor fill the memory before it has said what it wants. */
const patience = {
  ...{ requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
  maxHeaderSize: 16 * 1024,
};
/** A connection on which nothing moves in either direction, an answer that is not taken for one. */
const idleMs = 60_000;

interface Listening {
  readonly server: Server;
  readonly certificate?: { close(): Promise<void> };
}

function serverOf(app: Hono, tls: Address['tls'], logger: Logger): Listening {
  const listener = getRequestListener(app.fetch);
  if (tls === undefined) return { server: createServer(patience, listener) };
  const offered = secureContextOf(tls);
  const server = createSecureServer({ ...patience, handshakeTimeout: 10_000, ...offered }, listener);
  return { server, certificate: renewCertificate(server, tls, { offered, logger }) };
}

function cannotListen(error: unknown, { host, port }: Address): string {
  const code = codeOf(error);
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
