import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Config, loadConfig } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';

/** What a configuration file is to be, checked and lying beside it. */
export interface PreparedFile {
  /** As the whole configuration would be read. */
  readonly config: Config;
  /** Puts it in the place of the old one, at once. */
  commit(): void;
  discard(): void;
}

/**
 * Writes the new text beside the file and reads it as a start of logpatrol would, environment included. The file keeps its mode, and
 * where it is a link, what the link leads to is replaced.
 *
 * @throws LogpatrolError `invalid-config` with every mistake of it; `unusable-environment` where it cannot be written
 */
export async function prepareConfiguration(
  file: string,
  text: string,
  env: NodeJS.ProcessEnv,
): Promise<PreparedFile> {
  const target = existsSync(file) ? realpathSync(file) : file;
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.new`);
  try {
    writeDurably(beside, text, existsSync(target) ? statSync(target).mode & 0o777 : 0o644);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new LogpatrolError(
      'unusable-environment',
      `cannot write to ${dirname(target)}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  const discard = (): void => rmSync(beside, { force: true });
  try {
    const config = await loadConfig({ file: beside, env });
    return { config, commit: () => renameSync(beside, target), discard };
  } catch (error) {
    discard();
    if (error instanceof LogpatrolError)
      throw new LogpatrolError(error.kind, error.message.replaceAll(beside, file), { cause: error });
    throw error;
  }
}

/** The text of a configuration file; empty where there is none yet. */
export function configurationText(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch (error) {
    throw new LogpatrolError(
      'invalid-config',
      `cannot read the configuration file ${file}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** A file that is there in full after a power failure, or not at all. @param mode whatever the umask */
export function writeDurably(file: string, text: string, mode: number): void {
  const handle = openSync(file, 'w', mode);
  try {
    chmodSync(file, mode);
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
