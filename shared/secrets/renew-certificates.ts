import type { Change } from '#shared/bus/port.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { authorityPlaces, heldAuthority } from './authority.ts';
import { type Circumstances, certified, concernOf, issueFor, troubleOf } from './certificates.ts';
import { readHeld } from './held.ts';
import type { SecretsOptions } from './init-secrets.ts';
import type { Consumer } from './layout.ts';
import { writeSecretFile } from './secret-folder.ts';

/**
 * Makes a new key and certificate for each consumer whose own has ended, ends within 30 days, is broken, or is not for one of
 * `names`; with `force` for each. A new one is also for whatever the old one was for. The authority stays as it is.
 *
 * @throws LogpatrolError `unusable-environment` where there is no authority, or its key is not there
 */
export async function renewCertificates(
  folder: string,
  { names = [], now, force = false }: SecretsOptions & { readonly force?: boolean },
): Promise<Change[]> {
  const held = readHeld(folder);
  const authority = heldAuthority(folder, held);
  if (authority === undefined)
    throw new LogpatrolError(
      'unusable-environment',
      `${folder} holds no authority (${authorityPlaces[0]}); begin with: logpatrol secrets init ${folder}`,
    );
  const at = { folder, held, authority, names, now };
  const changes: Change[] = [];
  for (const consumer of certified) {
    const why = whyRenew(consumer, at) ?? (force ? 'asked for' : undefined);
    if (why !== undefined)
      for (const [place, text] of await issueFor(consumer, at)) writeSecretFile(folder, place, text);
    const what = `${consumer}/certificate.pem`;
    changes.push(why === undefined ? { what, action: 'none' } : { what, action: 'update', detail: why });
  }
  return changes;
}

function whyRenew(consumer: Consumer, at: Circumstances): string | undefined {
  if (!at.held.has(`${consumer}/certificate.pem`)) return 'was missing';
  return troubleOf(consumer, at) ?? concernOf(consumer, at);
}
