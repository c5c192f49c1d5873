import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import { watchPaths } from '#shared/disk/watch-paths.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { readPem } from '#shared/tls/index.ts';

/** A certificate with the chain above it, and its key. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Between two looks where the system does not tell of changes: links that are turned (Kubernetes), network file systems. */
const pollMs = 30_000;
/** Two files change one after the other. */
const settleMs = 300;

/**
 * What a server offers.
 *
 * @throws LogpatrolError `invalid-config` where the certificate or its key cannot be used, or are not of one another
 */
export function secureContextOf({ certificateFile, keyFile }: CertificateFiles): SecureContextOptions {
  const cert = readPem(certificateFile, 'http.tls.certificateFile');
  const key = readPem(keyFile, 'http.tls.keyFile');
  const options = { cert, key, minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new LogpatrolError(
      'invalid-config',
      `http.tls: ${certificateFile} and ${keyFile} do not serve: ${messageOf(cause)}`,
      { cause },
    );
  }
  return options;
}

/** Takes a certificate that has changed on the disk for all further connections. One that does not serve is told of, and the old one stays. */
export function renewCertificate(
  server: Server,
  files: CertificateFiles,
  { offered, logger }: { readonly offered: SecureContextOptions; readonly logger: Logger },
): { close(): Promise<void> } {
  let last = textOf(offered);
  let trouble = '';
  const look = (): void => {
    try {
      const now = secureContextOf(files);
      trouble = '';
      if (textOf(now) === last) return;
      server.setSecureContext(now);
      last = textOf(now);
      logger.info(`http.tls: the certificate in ${files.certificateFile} has changed and is served now`);
    } catch (thrown) {
      // Said once for each trouble: between two writes it is one that passes, and the next look is soon.
      const said = messageOf(thrown);
      if (said !== trouble) logger.warn(`${said}; the certificate before it is still served`);
      trouble = said;
    }
  };
  return watchPaths([files.certificateFile, files.keyFile], look, { pollMs, settleMs });
}

function textOf({ cert, key }: SecureContextOptions): string {
  return `${String(cert)}\n${String(key)}`;
}
