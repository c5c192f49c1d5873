import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { Starter } from '#shared/lifecycle/index.ts';
import { printable } from '#shared/text/printable.ts';
import { frontDoor, startersOf, type TailFile } from './services.ts';
import { configOf, loggerOf } from './setting.ts';

/** `logpatrol up`. */
export function upCommand(): Command {
  return new Command('up')
    .description('Watch logs on this machine: every service in one process, findings as they come.')
    .argument(
      '[files...]',
      "files, folders or patterns to follow (default: what the configuration says, else the system's logs)",
    )
    .option('--type <type>', 'the log type of these files, one of config.routes', 'app')
    .addHelpText(
      'after',
      `
Examples:
  logpatrol up                                 the system's logs
  logpatrol up /srv/app/logs '/var/log/*.log'
  logpatrol up --type nginx /var/log/nginx/error.log
  LOGPATROL_FEISHU_WEBHOOK=https://… logpatrol up app.log

Needs nothing but Node: bus and store are files below the data folder, unless Kafka and Elasticsearch are configured.`,
    )
    .action(async (paths: string[], options: { type: string }, self: Command) => {
      const config = await configOf(self);
      const files = await filesToFollow(paths, options.type, config);
      const { openRuntime, runServices, stopSignal } = await import('#shared/lifecycle/index.ts');
      const signal = stopSignal((code) => process.exit(code));
      const runtime = await openRuntime(config, { logger: loggerOf(config, { quiet: true }), name: 'up' });
      const { starters, hasGateway } = startersOf({ service: 'all', files });
      try {
        await runServices(runtime, [...starters, findingPrinter(config)], {
          signal,
          frontDoor: (opened, health) => frontDoor(hasGateway, opened, health),
          started: (url) => process.stderr.write(banner(config, files, url)),
        });
      } finally {
        await runtime.close();
      }
    });
}

async function filesToFollow(
  paths: readonly string[],
  type: string,
  config: Config,
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
  const { defaultLogFiles } = await import('#services/tail/index.ts');
  const found = await defaultLogFiles();
  if (found.length > 0) return found;
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
    const isMissing = error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
    throw new LogpatrolError(
      'unreadable-input',
      isMissing ? `${path} does not exist` : `cannot read ${path}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Findings are told in the terminal too: all of them where no channel prints its cards there, else those that get no card. */
function findingPrinter(config: Config): Starter {
  const onlyOld = Object.values(config.channels).some(({ type }) => type === 'console');
  const print = (line: string): void => {
    process.stdout.write(line);
  };
  return {
    name: 'terminal',
    start: async ({ bus }) => {
      const { startFindingPrinter } = await import('./finding-printer.ts');
      return startFindingPrinter({ bus, print, onlyOld });
    },
  };
}

function banner(config: Config, files: readonly TailFile[], url: string): string {
  const shown = files.slice(0, 6).map(({ path }) => path);
  const more = files.length > shown.length ? [`and ${files.length - shown.length} more`] : [];
  const where = [
    config.kafka === undefined ? `data in ${config.dataDir}` : `Kafka at ${config.kafka.brokers.join(', ')}`,
    config.elasticsearch === undefined ? [] : 'Elasticsearch',
    config.ollama === undefined ? 'rules only, no model' : `model ${config.ollama.model}`,
  ].flat();
  const lines = [
    `logpatrol watches ${[...shown, ...more].join(', ')}`,
    `  ${where.join('; ')}; cards go to ${Object.keys(config.channels).join(', ')}`,
    `  health ${url}/readyz   metrics ${url}/metrics`,
    '  Ctrl-C stops it; what it has read so far is remembered.',
  ];
  return `${lines.map(printable).join('\n')}\n\n`;
}
