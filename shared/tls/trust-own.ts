import { X509Certificate } from 'node:crypto';
import { LogpatrolError } from '#shared/errors/index.ts';
import { readPem } from './read-pem.ts';

/** What a client of the process that serves with a certificate gives to `tls.connect`. */
export interface OwnTrust {
  readonly ca: string;
  readonly allowPartialTrustChain: true;
  readonly checkServerIdentity: () => undefined;
}

/**
 * Trusts the process's own certificate and no other: not who signed it, who may have signed others too. The name in it is that of the
 * gateway, and the process is asked at an address of this machine.
 *
 * @param certificateFile that of `http.tls`
 * @throws LogpatrolError `invalid-config` where it cannot be read or holds no certificate
 */
export function trustOwn(certificateFile: string): OwnTrust {
  const setting = 'http.tls.certificateFile';
  const chain = readPem(certificateFile, setting);
  try {
    const ca = new X509Certificate(chain).toString();
    return { ca, allowPartialTrustChain: true, checkServerIdentity: () => undefined };
  } catch (cause) {
    throw new LogpatrolError('invalid-config', `${setting}: ${certificateFile} holds no certificate`, {
      cause,
    });
  }
}
