import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Config } from '#shared/config/index.ts';
import { codeOf, LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { printable } from '#shared/text/printable.ts';
import type { TailFile } from './services.ts';

/**
 * What `up` follows: what is named, else what the configuration says, else the system's logs. Nothing is enough where BMCs are polled.
 *
 * @throws LogpatrolError where nothing would be watched, or what is named cannot be
 */
export async function filesToFollow(
  paths: readonly string[],
  type: string,
  config: Config,
  systemLogs: () => Promise<readonly TailFile[]>,
): Promise<readonly TailFile[]> {
  if (paths.length > 0) {
    if (!Object.hasOwn(config.routes, type))
      throw new LogpatrolError(
        'usage',
        `there is no log type "${type}" under routes; there are ${Object.keys(config.routes).join(', ')}`,
      );
    for (const path of paths) await checkReadable(path);
    return paths.map((path) => ({ path, type }));
  }
  if (config.tail.files.length > 0) return config.tail.files;
  const found = await systemLogs();
  if (found.length > 0 || hasBmcs(config)) return found;
  throw new LogpatrolError(
    'unreadable-input',
    "none of the system's logs can be read by this user; name files: logpatrol up FILES",
  );
}

/** A service waits for a file that is not there yet; a person who typed its name wants to know. Patterns may match later. */
async function checkReadable(path: string): Promise<void> {
  if (/[*?[\]{}]/.test(path)) return;
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT';
    throw new LogpatrolError(
      'unreadable-input',
      isMissing ? `${path} does not exist` : `cannot read ${path}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function hasBmcs({ ipmi }: Config): boolean {
  return ipmi.servers.length > 0 || ipmi.inventory !== undefined;
}

/** What a terminal is told once all has started. */
export function banner(config: Config, files: readonly TailFile[], url: string): string {
  const shown = files.slice(0, 6).map(({ path }) => path);
  const more = files.length > shown.length ? [`and ${files.length - shown.length} more`] : [];
  const bmcs = hasBmcs(config) ? ['servers through their BMCs (logpatrol ipmi list)'] : [];
  const where = [
    config.kafka === undefined ? `data in ${config.dataDir}` : `Kafka at ${config.kafka.brokers.join(', ')}`,
    config.elasticsearch === undefined ? [] : 'Elasticsearch',
    config.ollama === undefined ? 'rules only, no model' : `model ${config.ollama.model}`,
  ].flat();
  const lines = [
    `logpatrol watches ${[...shown, ...more, ...bmcs].join(', ')}`,
    `  ${where.join('; ')}; cards go to ${Object.keys(config.channels).join(', ')}`,
    `  health ${url}/readyz   metrics ${url}/metrics`,
    '  Ctrl-C stops it; what it has read so far is remembered.',
  ];
  return `${lines.map(printable).join('\n')}\n\n`;
}
