import { Readable } from 'node:stream';
import type { RuleSet } from '#services/analyzer/detect/index.ts';
import { AgainstHistory, type History } from '#services/analyzer/rates/index.ts';
import { learnFiles, matchLines, scanFiles } from '#services/analyzer/scan/index.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Finding, isAtLeast } from '#shared/model/index.ts';
import type { Alarm } from './accuracy-scores.ts';

/** Warnings and above are alarms; what is only for information is not. */
export const alarmSeverity = 'warning';

const type = 'measured';

/** What `logpatrol rules match` and `logpatrol scan` are given, without a configuration of the user's. */
function options(inputs: readonly string[], rules: RuleSet, packs?: readonly string[]) {
  const config = ConfigSchema.parse({
    language: 'en',
    routes: { [type]: packs === undefined ? {} : { packs } },
  });
  return { inputs, stdin: Readable.from([]), config, rules, type, now: Date.now() };
}

/**
 * The lines that `logpatrol rules match` shows as warning or worse.
 *
 * @param packs only these look at the file; absent: all of them
 */
export async function alarmsIn(
  file: string,
  rules: RuleSet,
  packs?: readonly string[],
): Promise<readonly Alarm[]> {
  const alarms: Alarm[] = [];
  for await (const batch of matchLines(options([file], rules, packs)))
    for (const { line, rule, severity } of batch)
      if (isAtLeast(severity, alarmSeverity)) alarms.push({ line, rule });
  return alarms;
}

/**
 * What `logpatrol scan` finds in the files, all together.
 *
 * @param history what `--history` would be
 */
export function findingsIn(
  files: readonly string[],
  rules: RuleSet,
  history?: History,
): Promise<readonly Finding[]> {
  const plain = { ...options(files, rules), host: 'measured' };
  if (history === undefined) return scanFiles(plain);
  const { rates, language } = plain.config;
  const watch = new AgainstHistory({ history, rates, language, domainOf: () => 'default' });
  return scanFiles({ ...plain, watch, isKnownGood: watch.isKnownGood });
}

/** What `logpatrol learn` makes of the files. */
export function learned(files: readonly string[], rules: RuleSet): Promise<History> {
  return learnFiles({ ...options(files, rules), host: 'measured' });
}
