import { Command } from 'commander';
import type { Config } from '#shared/config/index.ts';
import type { Starter } from '#shared/lifecycle/index.ts';
import { frontDoor, startersOf } from './services.ts';
import { configOf, loggerOf } from './setting.ts';
import { banner, filesToFollow } from './watched.ts';

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
      const { defaultLogFiles } = await import('#services/tail/index.ts');
      const files = await filesToFollow(paths, options.type, config, defaultLogFiles);
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
