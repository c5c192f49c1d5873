import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueAuthority, issueCertificate, newKey } from '#shared/secrets/issue-certificate.ts';

/** An authority of a test, as `logpatrol secrets init` makes one. */
export interface TestAuthority {
  readonly certificate: string;
  readonly key: string;
}

export async function testAuthority(): Promise<TestAuthority> {
  const key = await newKey();
  return { key, certificate: await issueAuthority(key, Date.now()) };
}

/** Writes `certificate.pem` (with its authority behind it) and `key.pem` into a folder, as `http.tls` takes them. */
export async function writeCertificate(
  folder: string,
  authority: TestAuthority,
  names: readonly string[] = ['gateway'],
): Promise<{ certificateFile: string; keyFile: string }> {
  const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const key = await newKey();
  const leaf = await issueCertificate({
    ...{ name: names[0] ?? '', names, key, client: false, authority, now: Date.now() },
  });
  await writeFile(certificateFile, `${leaf}\n${authority.certificate}`);
  await writeFile(keyFile, key);
  return { certificateFile, keyFile };
}
