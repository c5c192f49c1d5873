import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { agreed, broken, type Held } from './held.ts';
import { issueAuthority, newKey } from './issue-certificate.ts';
import { secretFiles } from './layout.ts';
import { certificatesIn } from './read-certificate.ts';

export const authorityPlaces = secretFiles
  .filter(({ content }) => content.holds === 'authority')
  .map(({ place }) => place);
export const authorityKeyPlace = 'setup/ca-key.pem';

/** The authority. `key` is absent where it is kept elsewhere: then nothing can be signed, and all else goes on. */
export interface Authority {
  readonly certificate: string;
  readonly key?: string;
}

/**
 * The authority that a folder holds, or one that is new.
 *
 * @param now milliseconds since the epoch
 * @throws LogpatrolError `unusable-environment` where what is there is broken
 */
export async function authorityOf(folder: string, held: Held, now: number): Promise<Authority> {
  return heldAuthority(folder, held) ?? makeAuthority(held.get(authorityKeyPlace) ?? (await newKey()), now);
}

async function makeAuthority(key: string, now: number): Promise<Authority> {
  return { certificate: await issueAuthority(key, now), key };
}

/** The authority that a folder holds; undefined where there is none. @throws as `authorityOf` */
export function heldAuthority(folder: string, held: Held): Authority | undefined {
  const key = held.get(authorityKeyPlace);
  if (key !== undefined) readable(folder, authorityKeyPlace, () => createPrivateKey(key));
  const certificate = agreed(folder, held, authorityPlaces);
  if (certificate === undefined) return undefined;
  const place = authorityPlaces.find((one) => held.has(one)) ?? '';
  const known = readable(folder, place, () => certificatesIn(certificate));
  if (known.length === 0) throw broken(folder, place, 'holds no certificate in PEM');
  if (key === undefined) return { certificate };
  if (!known[0]?.checkPrivateKey(createPrivateKey(key)))
    throw broken(folder, authorityKeyPlace, `is not the key of ${join(folder, place)}`);
  return { certificate, key };
}

function readable<T>(folder: string, place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw broken(folder, place, `cannot be read: ${messageOf(error)}`);
  }
}

/** The authority with its key. @throws LogpatrolError `unusable-environment` where the key is not there */
export function signing(folder: string, { certificate, key }: Authority): Required<Authority> {
  if (key !== undefined) return { certificate, key };
  throw new LogpatrolError(
    'unusable-environment',
    `certificates have to be signed, and the authority's key is not there: put ${join(folder, authorityKeyPlace)} back for this command`,
  );
}
