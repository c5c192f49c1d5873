import { heldAuthority } from './authority.ts';
import { type Circumstances, certified, concernOf, troubleOf } from './certificates.ts';
import { type Held, readHeld } from './held.ts';
import { type Consumer, type Content, type SecretFile, secretFiles } from './layout.ts';
import { certificatesIn, endOf } from './read-certificate.ts';

/** One file of the layout, as it stands. */
export interface SecretState {
  readonly consumer: Consumer;
  readonly file: string;
  /** What it is for. */
  readonly what: string;
  readonly there: boolean;
  /** When a certificate ends, in milliseconds since the epoch. */
  readonly ends?: number;
  /** What is or will soon be wrong with it. */
  readonly concern?: string;
}

/**
 * Every file of the layout and how it stands; never what it holds.
 *
 * @throws LogpatrolError `unusable-environment` where one cannot be read
 */
export function describeSecrets(folder: string, now: number): SecretState[] {
  const held = readHeld(folder);
  const authority = heldAuthority(folder, held);
  const at = authority === undefined ? undefined : { folder, held, authority, names: [], now };
  return secretFiles.map((file) => ({
    consumer: file.consumer,
    file: file.file,
    what: wordingOf(file.content),
    there: held.has(file.place),
    ...certificateState(file, held, at),
  }));
}

function certificateState(
  { consumer, file, place, content }: SecretFile,
  held: Held,
  at: Circumstances | undefined,
): Pick<SecretState, 'ends' | 'concern'> {
  if ((content.holds !== 'certificate' && content.holds !== 'authority') || at === undefined) return {};
  const concern =
    file === 'certificate.pem' && held.has(place) && certified.includes(consumer)
      ? (troubleOf(consumer, at) ?? concernOf(consumer, at))
      : undefined;
  const ends = endIn(held.get(place) ?? '');
  return { ...(ends === undefined ? {} : { ends }), ...(concern === undefined ? {} : { concern }) };
}

function endIn(pem: string): number | undefined {
  try {
    const [certificate] = certificatesIn(pem);
    return certificate === undefined ? undefined : endOf(certificate);
  } catch {
    // It cannot be read, which its concern says.
    return undefined;
  }
}

function wordingOf(content: Content): string {
  switch (content.holds) {
    case 'authority':
      return 'certificate of the authority';
    case 'authority-key':
      return 'key of the authority: whoever has it can pass for any server';
    case 'certificate':
      return 'certificate';
    case 'key':
      return 'key of the certificate';
    case 'keystore':
      return 'key, certificate and authority in one';
    case 'random':
      return content.value;
    case 'api-key':
      return 'API key at Elasticsearch, made by logpatrol setup';
  }
}
