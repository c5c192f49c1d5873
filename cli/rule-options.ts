import { type Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';

/** What every command that runs rules over files may be told. */
export interface RuleFlags {
  readonly rules: readonly string[];
  readonly type: string;
  readonly service?: string;
}

/** `--rules` (repeatable), `--type`, `--service`. */
export function addRuleOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--rules <path>',
        'a rule pack, or a folder of them, besides those of the configuration; repeatable',
      )
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'none'),
    )
    .option('--type <type>', 'log type of the lines: decides which rule packs look at them', 'app')
    .option('--service <name>', "service of the lines (default: the syslog program, else the file's name)");
}

/**
 * The rules that a command works with; warns on standard error of those that switch the gate off.
 *
 * @throws LogpatrolError `invalid-config` where a pack has mistakes, or a route names one that is not there
 */
export async function rulesOf(config: Config, paths: readonly string[]) {
  const { loadRules } = await import('#services/analyzer/detect/index.ts');
  const { checkRoutePacks } = await import('#services/analyzer/route-packs.ts');
  const rules = await loadRules({
    paths: [...config.rules.paths, ...paths],
    shipped: config.rules.shipped,
    language: config.language,
  });
  checkRoutePacks(config.routes, rules.packs);
  for (const warning of rules.warnings) process.stderr.write(`logpatrol: ${warning}\n`);
  return rules;
}
