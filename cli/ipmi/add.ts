import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Bmc } from '#services/ipmi/inspection.ts';
import { openServers, toBmc } from '#services/ipmi/servers/index.ts';
import type { Config } from '#shared/config/index.ts';
import { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { stopSignal } from '#shared/lifecycle/index.ts';
import { printable } from '#shared/text/printable.ts';
import { configOf, toolLogger } from '../setting.ts';
import { passwordOf } from './add-password.ts';
import { addToYaml, type WrittenServer } from './add-to-yaml.ts';
import { type AddWording, addWording } from './add-wording.ts';
import { Abandoned, askText, askWhether, isAskable } from './ask.ts';
import { type ConnectionTest, testConnection } from './connection-test.ts';
import { fault } from './fault.ts';
import { ipmiWording } from './wording.ts';
import { configurationText, prepareConfiguration } from './write-configuration.ts';

export interface AddFlags {
  readonly name?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly hostName?: string;
  readonly group?: string;
  readonly cipherSuite?: number;
  readonly tool?: Bmc['tool'];
  readonly passwordFile?: string;
  readonly passwordEnv?: string;
  readonly force?: true;
  readonly yes?: true;
}

/** The file that is read where no other is named. */
const defaultFile = 'logpatrol.yaml';

/** `logpatrol ipmi add`. */
export async function add(flags: AddFlags, command: Command): Promise<void> {
  const config = await configOf(command);
  const logger = toolLogger(config);
  const words = addWording(config.language);
  const named: { config?: string } = command.optsWithGlobals();
  const file = named.config ?? (process.env.LOGPATROL_CONFIG || defaultFile);
  const isAsking = flags.yes !== true && isAskable();
  const known = await knownServers(config, logger);
  const server = await describe(flags, config, known, words, isAsking);
  const secret = await passwordOf(flags, config, server, words, isAsking);
  const written = { ...server, ...secret.place };
  const prepared = await prepareConfiguration(file, addToYaml(configurationText(file), written), process.env);
  try {
    const env = process.env;
    const bmc = {
      ...toBmc({ enabled: true, ...written }, config.ipmi, { env, logger }),
      password: secret.read,
    };
    say(words.testing(bmc.host, bmc.port));
    const signal = stopSignal((code) => process.exit(code));
    const test = await testConnection(bmc, config, logger, signal);
    if (test.ok) say(found(test, config, words));
    else if (!(await isWantedAllTheSame(test.reason, flags, words, isAsking))) {
      process.exitCode = 3;
      return;
    }
    if (test.ok && isAsking && !(await askWhether(words.write(file), true))) throw new Abandoned();
    secret.keep();
    prepared.commit();
    process.stdout.write(`${printable(words.written(server.name, file))}\n`);
    if (secret.kept !== undefined) process.stdout.write(`${printable(words.keptIn(secret.kept))}\n`);
    const variable = passwordVariable(written, config);
    if (variable !== undefined) process.stdout.write(`${printable(words.needsVariable(variable))}\n`);
  } finally {
    prepared.discard();
  }
}

/** The environment variable that its password comes from; undefined where that is a file. */
function passwordVariable(
  { passwordFile, passwordEnv }: WrittenServer,
  { ipmi }: Config,
): string | undefined {
  if (passwordEnv !== undefined || passwordFile !== undefined) return passwordEnv;
  return ipmi.passwordFile === undefined ? (ipmi.passwordEnv ?? 'IPMI_PASSWORD') : undefined;
}

/** Servers of the configuration, disabled ones too, and of the inventory. */
async function knownServers(config: Config, logger: Logger): Promise<WrittenServer[]> {
  const servers = await openServers({ config, logger, env: process.env });
  try {
    return [
      ...config.ipmi.servers,
      ...servers.current().map(({ name, host, port }) => ({ name, host, port })),
    ];
  } finally {
    await servers.close();
  }
}

/** The server as flags and answers say it. @throws LogpatrolError `usage` for what cannot be, or is there already */
async function describe(
  flags: AddFlags,
  config: Config,
  known: readonly WrittenServer[],
  words: AddWording,
  isAsking: boolean,
): Promise<WrittenServer> {
  const { port, cipherSuite, tool } = flags;
  const isNew = (name: string): string | undefined =>
    fault(IpmiServer.shape.name, name) ??
    (known.some((one) => one.name === name) ? words.nameTaken(name) : undefined);
  const portOf = (one: { port?: number | undefined }): number => one.port ?? config.ipmi.port;
  const isOther = (host: string): string | undefined => {
    const same = known.find((one) => one.host === host && portOf(one) === portOf({ port }));
    return (
      fault(IpmiServer.shape.host, host) ??
      (same === undefined ? undefined : words.hostTaken(host, same.name))
    );
  };
  const isUser = (user: string): string | undefined => fault(IpmiServer.shape.user.unwrap(), user);
  const need = async (
    flag: string,
    given: string | undefined,
    question: string,
    check: (text: string) => string | undefined,
    initial?: string,
  ): Promise<string> => {
    if (given === undefined && !isAsking) throw new LogpatrolError('usage', words.missing(flag));
    const text =
      given ?? (await askText(question, { validate: check, ...(initial !== undefined && { initial }) }));
    const wrong = check(text);
    if (wrong !== undefined) throw new LogpatrolError('usage', `${flag} ${text}: ${wrong}`);
    return text;
  };
  const host = await need('--host', flags.host, words.host, isOther);
  const name = await need('--name', flags.name, words.name, isNew);
  const hostName = flags.hostName ?? (isAsking ? await askText(words.hostName, { initial: name }) : name);
  const user = await userOf(flags, config, need, isUser, words);
  const server = {
    name,
    host,
    ...(hostName !== name && hostName !== '' && { hostName }),
    ...(flags.group !== undefined && { group: flags.group }),
    ...(port !== undefined && port !== config.ipmi.port && { port }),
    ...(user !== config.ipmi.user && { user }),
    ...(cipherSuite !== undefined && cipherSuite !== config.ipmi.cipherSuite && { cipherSuite }),
    ...(tool !== undefined && tool !== config.ipmi.tool && { tool }),
  };
  return server;
}

async function userOf(
  flags: AddFlags,
  config: Config,
  need: (
    flag: string,
    given: string | undefined,
    question: string,
    check: (text: string) => string | undefined,
    initial?: string,
  ) => Promise<string>,
  isUser: (user: string) => string | undefined,
  words: AddWording,
): Promise<string> {
  // In a script the user of all servers is meant where none is named.
  const given = flags.user ?? (isAskable() && flags.yes !== true ? undefined : config.ipmi.user);
  return need('--user', given, words.user, isUser, config.ipmi.user);
}

async function isWantedAllTheSame(
  reason: string,
  { force }: AddFlags,
  words: AddWording,
  isAsking: boolean,
): Promise<boolean> {
  process.stderr.write(`logpatrol: ${printable(words.failed(reason))}\n`);
  if (force === true) return true;
  if (isAsking && (await askWhether(words.allTheSame, false))) return true;
  process.stderr.write(`logpatrol: ${words.nothingWritten}\n`);
  return false;
}

function found(
  { power, faults, sensors, kinds }: Extract<ConnectionTest, { ok: true }>,
  { language }: Config,
  words: AddWording,
): string {
  const { powers, kinds: kindNames } = ipmiWording(language);
  const counts = [...kinds].map(([kind, count]) => `${kindNames[kind]} ${count}`).join(', ');
  return words.found(powers[power], sensors, counts, faults.join(', '));
}

function say(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}
