import { join } from 'node:path';
import { LogpatrolError } from '#shared/errors/index.ts';
import { secretFiles } from './layout.ts';
import { readSecretFile } from './secret-folder.ts';

/**
 * What one file holds.
 *
 * @param place as in `setup/viewer-password`
 * @throws LogpatrolError `usage` where the layout has no such file, `unusable-environment` where it is not there
 */
export function readSecret(folder: string, place: string): string {
  const file = secretFiles.find((one) => one.place === place);
  if (file === undefined)
    throw new LogpatrolError(
      'usage',
      `there is no secret "${place}"; logpatrol secrets show ${folder} lists them`,
    );
  const text = readSecretFile(folder, place);
  if (text !== undefined) return text;
  const maker = file.content.holds === 'api-key' ? `setup --secrets ${folder}` : `secrets init ${folder}`;
  throw new LogpatrolError(
    'unusable-environment',
    `${join(folder, place)} is not there; make it: logpatrol ${maker}`,
  );
}
