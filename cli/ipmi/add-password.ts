import { existsSync } from 'node:fs';
import { maxPasswordBytes, toBmc } from '#services/ipmi/servers/index.ts';
import type { Config } from '#shared/config/index.ts';
import { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { toolLogger } from '../setting.ts';
import type { AddFlags } from './add.ts';
import type { WrittenServer } from './add-to-yaml.ts';
import type { AddWording } from './add-wording.ts';
import { askSecret, askText, askWhether, askWhich } from './ask.ts';
import { fault } from './fault.ts';
import { usualPasswordFile, writePassword } from './password-file.ts';
import { ipmiWording } from './wording.ts';

export interface Secret {
  /** What the configuration says of it. */
  readonly place: Pick<WrittenServer, 'passwordFile' | 'passwordEnv'>;
  readonly read: () => Promise<string>;
  /** Writes it where it is to be kept. */
  keep(): void;
  /** The file that it is written to. */
  readonly kept?: string;
}

/** Where the password of a new server is, or will be; asked for where nothing says it. @throws LogpatrolError `usage` where there is none */
export async function passwordOf(
  { passwordFile, passwordEnv, force }: AddFlags,
  config: Config,
  server: WrittenServer,
  words: AddWording,
  isAsking: boolean,
): Promise<Secret> {
  const isThere = passwordEnv !== undefined || (passwordFile !== undefined && existsSync(passwordFile));
  const place = {
    ...(passwordFile !== undefined && { passwordFile }),
    ...(passwordEnv !== undefined && { passwordEnv }),
  };
  const options = { env: process.env, logger: toolLogger(config) };
  const configured = toBmc({ enabled: true, ...server, ...(isThere && place) }, config.ipmi, options);
  const already = { place, read: configured.password, keep: () => undefined };
  if (isThere) return already;
  const fromEnvironment = await configured.password().catch(() => undefined);
  if (!isAsking) {
    if (fromEnvironment === undefined && force !== true) throw new LogpatrolError('usage', words.noPassword);
    // What holds for all servers holds for this one, unless it is to have a file of its own.
    if (passwordFile === undefined || fromEnvironment === undefined) return { ...already, place: {} };
    return kept(passwordFile, fromEnvironment);
  }
  if (
    fromEnvironment !== undefined &&
    passwordFile === undefined &&
    !(await askWhether(words.ownPassword, false))
  )
    return { ...already, place: {} };
  const asked = await askSecret(
    ipmiWording(config.language).password(server.user ?? '', server.name),
    secretFault(words),
  );
  const usual = usualPasswordFile(config.dataDir, server.name);
  if (passwordFile !== undefined) return kept(passwordFile, asked);
  const where = await askWhich(words.where, [
    { value: 'file', label: words.inFile(usual) },
    { value: 'env', label: words.inEnvironment },
  ]);
  if (where === 'file') return kept(usual, asked);
  const variable = await askText(words.variable, {
    initial: `${server.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_PASSWORD`.replace(/^(?=\d)/, '_'),
    validate: (text) => fault(IpmiServer.shape.passwordEnv.unwrap(), text),
  });
  return { place: { passwordEnv: variable }, read: async () => asked, keep: () => undefined };
}

function kept(file: string, password: string): Secret {
  return {
    place: { passwordFile: file },
    read: async () => password,
    keep: () => writePassword(file, password),
    kept: file,
  };
}

function secretFault(words: AddWording): (text: string) => string | undefined {
  return (text) =>
    text === '' || Buffer.byteLength(text) > maxPasswordBytes
      ? words.passwordLength(maxPasswordBytes)
      : undefined;
}
