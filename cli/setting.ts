import type { Command } from 'commander';
import type { Logger } from 'pino';
import { type Config, ConfigSchema, loadConfig, secretValues } from '#shared/config/index.ts';
import { createLogger } from '#shared/logging/index.ts';

/** What a command works with: the configuration under its global flags. */
export async function configOf(command: Command): Promise<Config> {
  const flags: { config?: string; logLevel?: string } = command.optsWithGlobals();
  const env =
    flags.logLevel === undefined ? process.env : { ...process.env, LOGPATROL_LOG_LEVEL: flags.logLevel };
  return loadConfig({ ...(flags.config === undefined ? {} : { file: flags.config }), env });
}

/** Levels that a configuration may name, for `--log-level`. */
export const logLevels: readonly string[] = ConfigSchema.shape.logLevel.unwrap().options;

/**
 * The logger of a service: ECS lines, or short ones for a person at a terminal.
 *
 * @param quiet at a terminal, says only warnings and worse where the configuration leaves the level at `info`: the command
 * itself tells the person what matters
 */
export function loggerOf(config: Config, { quiet = false }: { quiet?: boolean } = {}): Logger {
  const human = process.stderr.isTTY === true;
  return createLogger({
    level: quiet && human && config.logLevel === 'info' ? 'warn' : config.logLevel,
    secrets: secretValues(config),
    human,
  });
}

/** The logger of a command that looks something up or sets something up: only what went wrong. */
export function toolLogger(config: Config): Logger {
  return createLogger({
    level: config.logLevel === 'info' ? 'error' : config.logLevel,
    secrets: secretValues(config),
    human: process.stderr.isTTY === true,
  });
}
