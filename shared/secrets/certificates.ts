import { type Authority, signing } from './authority.ts';
import type { Held } from './held.ts';
import { issueCertificate, newKey } from './issue-certificate.ts';
import { type Consumer, consumers, layout } from './layout.ts';
import { canonicalName, certificatesIn, certificateTrouble, endOf, namesOf } from './read-certificate.ts';

const day = 24 * 60 * 60 * 1000;

/** A certificate that ends within so long is told of, and renewed where that is asked for. */
export const soon = 30 * day;

/** Consumers with a certificate of their own. */
export const certified: readonly Consumer[] = consumers.filter(
  (consumer) => layout[consumer]['certificate.pem'] !== undefined,
);

export interface Circumstances {
  readonly folder: string;
  readonly held: Held;
  readonly authority: Authority;
  /** Names and addresses that certificates have to be for besides those of compose. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why the certificate that a consumer has does not serve at all; undefined where it does. */
export function troubleOf(consumer: Consumer, { held, authority }: Circumstances): string | undefined {
  const certificate = held.get(`${consumer}/certificate.pem`) ?? '';
  const key = held.get(`${consumer}/key.pem`);
  if (key === undefined) return 'has no key beside it (key.pem)';
  const trouble = certificateTrouble({ certificate, key, authority: authority.certificate });
  if (trouble !== undefined) return trouble;
  const store = held.get(`${consumer}/keystore.pem`);
  return store === undefined || store === keystoreOf(certificate, key, authority)
    ? undefined
    : 'is not what keystore.pem beside it holds';
}

/** What will soon be wrong with a certificate that serves, or is wrong for some who call; undefined where nothing is. */
export function concernOf(consumer: Consumer, { held, names, now }: Circumstances): string | undefined {
  const [certificate] = certificatesIn(held.get(`${consumer}/certificate.pem`) ?? '');
  if (certificate === undefined) return undefined;
  const ends = endOf(certificate);
  const date = new Date(ends).toISOString().slice(0, 10);
  if (ends <= now) return `ended on ${date}`;
  if (ends <= now + soon) return `ends on ${date}`;
  const known = namesOf(certificate);
  const unknown = names.filter((name) => !known.includes(canonicalName(name)));
  return unknown.length === 0 ? undefined : `is not for ${unknown.join(', ')}`;
}

/** Files that a new certificate of a consumer consists of, by place: the key first, so that none stands there without. */
export async function issueFor(
  consumer: Consumer,
  { folder, held, authority, names, now }: Circumstances,
  key?: string,
): Promise<Map<string, string>> {
  const signer = signing(folder, authority);
  const own = key ?? (await newKey());
  const content = layout[consumer]['certificate.pem'];
  const certificate = await issueCertificate({
    name: consumer,
    names: [
      ...new Set([
        consumer,
        'localhost',
        '127.0.0.1',
        ...namesBefore(consumer, held),
        ...names.map(canonicalName),
      ]),
    ],
    key: own,
    client: content?.holds === 'certificate' && content.client === true,
    authority: signer,
    now,
  });
  const files = new Map([
    [`${consumer}/key.pem`, own],
    [`${consumer}/certificate.pem`, certificate],
  ]);
  return hasKeystore(consumer)
    ? files.set(`${consumer}/keystore.pem`, keystoreOf(certificate, own, authority))
    : files;
}

/** The key store of a consumer that lacks it, from its certificate and key; undefined where it has one, or needs none. */
export function missingKeystore(consumer: Consumer, { held, authority }: Circumstances): string | undefined {
  const [certificate, key] = [held.get(`${consumer}/certificate.pem`), held.get(`${consumer}/key.pem`)];
  if (!hasKeystore(consumer) || held.has(`${consumer}/keystore.pem`)) return undefined;
  return certificate === undefined || key === undefined ? undefined : keystoreOf(certificate, key, authority);
}

const hasKeystore = (consumer: Consumer): boolean => layout[consumer]['keystore.pem'] !== undefined;

function keystoreOf(certificate: string, key: string, authority: Authority): string {
  return [key, certificate, authority.certificate].map((text) => `${text.trimEnd()}\n`).join('');
}

/** A renewed certificate is for whatever the old one was for. */
function namesBefore(consumer: Consumer, held: Held): string[] {
  try {
    const [certificate] = certificatesIn(held.get(`${consumer}/certificate.pem`) ?? '');
    return certificate === undefined ? [] : namesOf(certificate);
  } catch {
    // It cannot be read, which is why it is made anew.
    return [];
  }
}
