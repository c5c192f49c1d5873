import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { Finding } from '#shared/model/index.ts';
import type { Preferences } from '#shared/routing/index.ts';
import { printable } from '#shared/text/printable.ts';
import { moment } from './moment.ts';
import { print } from './print.ts';
import { configOf, toolLogger } from './setting.ts';

/** `logpatrol routes explain FINDING`. */
export function routesCommand(): Command {
  const command = new Command('routes')
    .description('Which channels and people hear of what.')
    .addHelpText('after', '\nExample:\n  logpatrol routes explain 0-a1b2c3d4e5f60718-m3k9x2p0');
  command
    .command('explain')
    .description(
      'Show where a finding goes and why: each route that is looked at, the channels and people, and who is not told.',
    )
    .argument(
      '<finding>',
      'its id, the last line of its card; or a file of findings as JSON (- is standard input)',
    )
    .addOption(
      new Option(
        '--at <time>',
        'as if it came then (default: now); routes can be meant for certain hours',
      ).argParser(moment),
    )
    .addOption(
      new Option('--format <format>', 'how to print').choices(['text', 'json', 'ndjson']).default('text'),
    )
    .addHelpText(
      'after',
      `
Examples:
  logpatrol routes explain 0-a1b2c3d4e5f60718-m3k9x2p0 --at 2026-11-22T03:00
  logpatrol scan --format ndjson app.log | logpatrol routes explain - --format ndjson | jq .destinations`,
    )
    .action(explain);
  return command;
}

interface Flags {
  readonly at?: string;
  readonly format: 'text' | 'json' | 'ndjson';
}

async function explain(what: string, { at, format }: Flags, self: Command): Promise<void> {
  const config = await configOf(self);
  const findings = await findingsOf(what, config);
  if (findings.length === 0)
    process.stderr.write(
      `logpatrol: there is no finding in ${what === '-' ? 'standard input' : printable(what)}\n`,
    );
  const preferences = await preferencesOf(config);
  const { explainRouting } = await import('#shared/routing/index.ts');
  const now = at === undefined ? Date.now() : Date.parse(at);
  const explained = findings.map((finding) => explainRouting(finding, config, preferences, now));
  if (format === 'json') await print(`${JSON.stringify(explained, null, 2)}\n`);
  else if (format === 'ndjson') await print(explained.map((one) => `${JSON.stringify(one)}\n`).join(''));
  else {
    const { explanationText } = await import('./route-explanation.ts');
    await print(explained.map(explanationText).join('\n'));
  }
}

/** Those of the file, or the one of this id in the store. */
async function findingsOf(what: string, config: Config): Promise<Finding[]> {
  if (what === '-') return parsedFindings(await text(process.stdin), 'standard input');
  const isFile = await stat(what).then(
    (found) => found.isFile(),
    () => false, // then it is an id
  );
  if (isFile) return parsedFindings(await readFile(what, 'utf8'), what);
  const { openStoreForReading } = await import('#shared/lifecycle/index.ts');
  const store = await openStoreForReading(config, { logger: toolLogger(config) });
  try {
    const finding = await store.finding(what);
    if (finding !== undefined) return [finding];
  } finally {
    await store.close();
  }
  throw new LogpatrolError(
    'usage',
    `there is no finding ${what}, nor a file of this name; its id is the last line of its card`,
  );
}

/** One finding, a list of them, or one a line. */
async function parsedFindings(json: string, name: string): Promise<Finding[]> {
  const { Finding } = await import('#shared/model/index.ts');
  return valuesIn(json, name).map((value, index) => {
    const read = Finding.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new LogpatrolError(
      'usage',
      `${name}: entry ${index + 1} is no finding: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  });
}

function valuesIn(json: string, name: string): unknown[] {
  try {
    const whole: unknown = JSON.parse(json);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    // Then each line is one.
  }
  return json
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index): unknown => {
      try {
        return JSON.parse(line);
      } catch (error) {
        throw new LogpatrolError('usage', `${name}:${index + 1}: not JSON: ${messageOf(error)}`);
      }
    });
}

/** What people have said themselves; where that cannot be known at the moment, what the configuration says of them. */
async function preferencesOf(config: Config): Promise<Preferences> {
  if (Object.keys(config.people).length === 0) return new Map();
  const { withPreferenceDesk } = await import('./preference-desk.ts');
  try {
    const all = await withPreferenceDesk(config, (desk) => desk.list());
    return new Map(all.map((one) => [one.who, one]));
  } catch (error) {
    process.stderr.write(`logpatrol: careful: preferences are not known: ${messageOf(error)}\n`);
    return new Map();
  }
}
