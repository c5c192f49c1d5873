import { randomBytes } from 'node:crypto';
import type { Change } from '#shared/bus/port.ts';
import { authorityKeyPlace, authorityOf, authorityPlaces } from './authority.ts';
import {
  type Circumstances,
  certified,
  concernOf,
  issueFor,
  missingKeystore,
  troubleOf,
} from './certificates.ts';
import { agreed, broken, type Held, readHeld } from './held.ts';
import { secretFiles } from './layout.ts';
import { writeSecretFile } from './secret-folder.ts';

/** What was done in a folder, and what somebody has to look at. */
export interface SecretsReport {
  /** Every file that is there now: made, or left as it was. */
  readonly changes: readonly Change[];
  /** Full sentences, one a matter. */
  readonly notices: readonly string[];
}

export interface SecretsOptions {
  /** Names and addresses besides those of compose that every certificate is to be for. */
  readonly names?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Makes every secret of the layout that is missing below `folder`: the authority, certificates, passwords, tokens. Overwrites
 * nothing, so that it can be repeated; a later version of logpatrol makes what is new in it.
 *
 * @throws LogpatrolError `unusable-environment` where the folder cannot be written, or holds a file that is broken: nothing
 *   has been written then
 */
export async function initSecrets(
  folder: string,
  { names = [], now }: SecretsOptions,
): Promise<SecretsReport> {
  const held = readHeld(folder);
  const authority = await authorityOf(folder, held, now);
  const circumstances = { folder, held, authority, names, now };
  const wanted = new Map<string, string>();
  if (authority.key !== undefined) wanted.set(authorityKeyPlace, authority.key);
  for (const place of authorityPlaces) wanted.set(place, authority.certificate);
  for (const [place, text] of await certificateFiles(circumstances)) wanted.set(place, text);
  for (const [place, text] of randomFiles(folder, held)) wanted.set(place, text);
  const missing = [...wanted].filter(([place]) => !held.has(place));
  for (const [place, text] of missing) writeSecretFile(folder, place, text);
  return {
    changes: secretFiles
      .filter(({ place }) => held.has(place) || wanted.has(place))
      .map(({ place }) => ({ what: place, action: held.has(place) ? 'none' : 'create' })),
    notices: certificateNotices(circumstances),
  };
}

async function certificateFiles(at: Circumstances): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const consumer of certified) {
    const place = `${consumer}/certificate.pem`;
    if (!at.held.has(place)) {
      const made = await issueFor(consumer, at, at.held.get(`${consumer}/key.pem`));
      for (const [one, text] of made) files.set(one, text);
      continue;
    }
    const trouble = troubleOf(consumer, at);
    if (trouble !== undefined)
      throw broken(at.folder, place, trouble, `make a new one: logpatrol secrets renew ${at.folder}`);
    const keystore = missingKeystore(consumer, at);
    if (keystore !== undefined) files.set(`${consumer}/keystore.pem`, keystore);
  }
  return files;
}

/** What somebody should renew, in full sentences. */
function certificateNotices(at: Circumstances): string[] {
  return certified.flatMap((consumer) => {
    const concern = concernOf(consumer, at);
    if (concern === undefined) return [];
    const names = at.names.map((name) => ` --name ${name}`).join('');
    return [`${consumer}/certificate.pem ${concern}; renew it: logpatrol secrets renew ${at.folder}${names}`];
  });
}

/** Passwords, keys and tokens, by place: those that are shared are the same everywhere. */
function randomFiles(folder: string, held: Held): Map<string, string> {
  const files = new Map<string, string>();
  const values = Map.groupBy(
    secretFiles.flatMap(({ place, content }) =>
      content.holds === 'random' ? [{ place, value: content.value }] : [],
    ),
    ({ value }) => value,
  );
  for (const sharers of values.values()) {
    const places = sharers.map(({ place }) => place);
    const text = agreed(folder, held, places) ?? randomBytes(32).toString('base64url');
    for (const place of places) files.set(place, text);
  }
  return files;
}
