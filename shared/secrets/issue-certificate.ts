import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const day = 24 * 60 * 60 * 1000;

/** The authority outlives what it signs by far: to change it means to change a file at every consumer at once. */
const authorityLives = 3650 * day;

/**
 * Two years. Apple's systems refuse a certificate of more than 825 days also from an authority that the user trusts
 * (support.apple.com/103769), and people open Kibana and the gateway's pages with their browsers.
 */
const certificateLives = 730 * day;

/** A clock of another machine may be behind by so much. */
const clockSkew = 60 * 60 * 1000;

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** By RFC 5280: the object identifiers of what stands in a certificate. */
const oid = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** The bit of each use in KeyUsage, counted from the left (RFC 5280, 4.2.1.3). */
const useBit = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/** A new private key (ECDSA, P-256) in PKCS#8, PEM. */
export async function newKey(): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', privateKey));
}

/** The certificate of an authority that signs no other authority, for ten years. PEM. */
export async function issueAuthority(keyPem: string, now: number): Promise<string> {
  const keys = await readKey(keyPem);
  // A name of its own: where two installations' authorities meet in one list, each error says which one it was.
  const name = `logpatrol ${randomBytes(4).toString('hex')}`;
  const certificate = await start({ name, issuer: nameOf(name), keys, now, lives: authorityLives });
  certificate.extensions = [
    extension(
      oid.basicConstraints,
      new pkijs.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema(),
      true,
    ),
    extension(oid.keyUsage, uses('keyCertSign', 'cRLSign'), true),
    extension(
      oid.subjectKeyIdentifier,
      new asn1js.OctetString({ valueHex: await keyIdentifier(certificate) }),
    ),
  ];
  return signed(certificate, keys.privateKey);
}

export interface CertificateRequest {
  /** The whole subject is `CN=<name>`: Kafka knows its own nodes by it (`User:CN=kafka`). */
  readonly name: string;
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  /** The private key that it is for. PEM. */
  readonly key: string;
  /** It is also shown by one that calls others. */
  readonly client: boolean;
  readonly authority: { readonly certificate: string; readonly key: string };
  readonly now: number;
}

/** A certificate for two years, signed by the authority. PEM. */
export async function issueCertificate(request: CertificateRequest): Promise<string> {
  const { name, names, client, authority, now } = request;
  const issuer = pkijs.Certificate.fromBER(der(authority.certificate));
  const keys = await readKey(request.key);
  const signer = await readKey(authority.key);
  // None outlives its authority: one that did would be refused from that day on without having ended.
  const lives = Math.min(certificateLives, issuer.notAfter.value.getTime() - now);
  const certificate = await start({ name, issuer: issuer.subject, keys, now, lives });
  certificate.extensions = [
    extension(oid.basicConstraints, new pkijs.BasicConstraints({ cA: false }).toSchema(), true),
    extension(oid.keyUsage, uses('digitalSignature'), true),
    extension(
      oid.extendedKeyUsage,
      new pkijs.ExtKeyUsage({
        keyPurposes: client ? [oid.serverAuth, oid.clientAuth] : [oid.serverAuth],
      }).toSchema(),
    ),
    extension(oid.subjectAltName, new pkijs.GeneralNames({ names: names.map(generalName) }).toSchema()),
    extension(
      oid.subjectKeyIdentifier,
      new asn1js.OctetString({ valueHex: await keyIdentifier(certificate) }),
    ),
    extension(
      oid.authorityKeyIdentifier,
      new pkijs.AuthorityKeyIdentifier({
        keyIdentifier: new asn1js.OctetString({ valueHex: await keyIdentifier(issuer) }),
      }).toSchema(),
    ),
  ];
  return signed(certificate, signer.privateKey);
}

async function start({
  name,
  issuer,
  keys,
  now,
  lives,
}: {
  name: string;
  issuer: pkijs.RelativeDistinguishedNames;
  keys: webcrypto.CryptoKeyPair;
  now: number;
  lives: number;
}): Promise<pkijs.Certificate> {
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  // Positive, and 16 bytes of chance: within RFC 5280's 20.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  certificate.serialNumber = new asn1js.Integer({ valueHex: Uint8Array.from(serial).buffer });
  certificate.issuer = issuer;
  certificate.subject = nameOf(name);
  certificate.notBefore.value = new Date(now - clockSkew);
  certificate.notAfter.value = new Date(now + lives);
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  return certificate;
}

async function signed(certificate: pkijs.Certificate, key: webcrypto.CryptoKey): Promise<string> {
  await certificate.sign(key, 'SHA-256');
  return pem('CERTIFICATE', certificate.toSchema(true).toBER());
}

function nameOf(name: string): pkijs.RelativeDistinguishedNames {
  return new pkijs.RelativeDistinguishedNames({
    typesAndValues: [
      new pkijs.AttributeTypeAndValue({
        type: oid.commonName,
        value: new asn1js.Utf8String({ value: name }),
      }),
    ],
  });
}

function extension(extnID: string, value: asn1js.BaseBlock, critical = false): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });
}

function uses(...of: (keyof typeof useBit)[]): asn1js.BitString {
  const bits = of.reduce((sum, use) => sum | (0x80 >> useBit[use]), 0);
  // DER: zero bits at the end are not written.
  const unusedBits = 31 - Math.clz32(bits & -bits);
  return new asn1js.BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits });
}

/** RFC 5280, 4.2.1.6: 2 is a name in DNS, 7 an address. */
function generalName(name: string): pkijs.GeneralName {
  if (isIP(name) === 0) return new pkijs.GeneralName({ type: 2, value: name });
  return new pkijs.GeneralName({ type: 7, value: new asn1js.OctetString({ valueHex: addressBytes(name) }) });
}

function addressBytes(address: string): ArrayBuffer {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number).buffer;
  // The parser of addresses writes an IPv6 address out in hexadecimal, with `::` at its longest run of zeros.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const first = groups(head);
  const last = groups(tail ?? '');
  const all = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return Uint8Array.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  ).buffer;
}

/** SHA-1 of the public key, as RFC 5280, 4.2.1.2 (1) has it; it identifies and protects nothing. */
function keyIdentifier(certificate: pkijs.Certificate): Promise<ArrayBuffer> {
  return webcrypto.subtle.digest(
    'SHA-1',
    certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView,
  );
}

async function readKey(keyPem: string): Promise<webcrypto.CryptoKeyPair> {
  const jwk = createPrivateKey(keyPem).export({ format: 'jwk' });
  const { d: _, ...open } = jwk;
  return {
    privateKey: await webcrypto.subtle.importKey('jwk', jwk, curve, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('jwk', open, curve, true, ['verify']),
  };
}

function pem(what: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${what}-----\n${lines.join('\n')}\n-----END ${what}-----\n`;
}

function der(text: string): ArrayBuffer {
  const body = text.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return Uint8Array.from(Buffer.from(body, 'base64')).buffer;
}
