import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { messageOf } from '#shared/errors/index.ts';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, in order: the first one is its own, others are those above it. @throws where one is none */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(block) ?? []).map((text) => new X509Certificate(text));
}

/** Host names and addresses that a certificate is for. */
export function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry !== '')
    .map((entry) => canonicalName(entry.replace(/^(?:DNS|IP Address):/, '')));
}

/** A name or address as `namesOf` has it: the same one is written in one way alone. */
export function canonicalName(name: string): string {
  return isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase();
}

/** When a certificate ends, in milliseconds since the epoch. */
export function endOf(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}

/** What is wrong with a certificate and its key; undefined where nothing is. Whether it has ended is not looked at. */
export function certificateTrouble({
  certificate,
  key,
  authority,
}: {
  certificate: string;
  key: string;
  authority: string;
}): string | undefined {
  try {
    const [own, ...above] = certificatesIn(certificate);
    if (own === undefined) return 'holds no certificate in PEM';
    if (!own.checkPrivateKey(createPrivateKey(key))) return 'is not of the key beside it (key.pem)';
    const known = certificatesIn(authority);
    // One that was brought from elsewhere may stand below others, which its file then holds too.
    const trusted = [own, ...above].some((one) => known.some((issuer) => one.verify(issuer.publicKey)));
    return trusted ? undefined : 'was not signed by the authority beside it (ca.pem)';
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}
