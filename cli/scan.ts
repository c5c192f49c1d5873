import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import type { ServiceHistory } from '#services/analyzer/rates/index.ts';
import type { Config } from '#shared/config/index.ts';
import type { Finding } from '#shared/model/index.ts';
import { isAtLeast, type Severity, severities } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';
import { shortfall } from './learn.ts';
import { print } from './print.ts';
import { addRuleOptions, type RuleFlags, rulesOf } from './rule-options.ts';
import { withScanProgress } from './scan-progress.ts';
import { configOf } from './setting.ts';
import { colourSeverities } from './severity-colour.ts';
import { table } from './table.ts';

interface ScanFlags extends RuleFlags {
  readonly format: 'table' | 'json' | 'ndjson';
  readonly failOn?: Severity;
  readonly host: string;
  readonly history?: string;
}

const examples = `
Examples:
  logpatrol scan /var/log/syslog
  logpatrol scan --type nginx error.log error.log.2.gz
  zcat old.log.gz | logpatrol scan --service checkout -
  logpatrol scan --format ndjson app.log | jq .title
  logpatrol scan --fail-on critical build.log      exit 1 where there is a critical finding
  logpatrol scan --history good.ndjson.gz app.log  what is new, far too much or missing, too`;

/** `logpatrol scan FILES…|-`. */
export function scanCommand(): Command {
  const command = new Command('scan')
    .description('Analyse finished log files (plain or gzip, or - for standard input) and stop.')
    .argument('<files...>', 'files, or - for standard input')
    .addOption(
      new Option('--format <format>', 'what to print').choices(['table', 'json', 'ndjson']).default('table'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 where a finding is this severe or worse').choices(
        severities,
      ),
    )
    .option('--history <file>', 'what logpatrol learn made of known-good logs: judge by it')
    .option('--host <name>', 'host of the lines', hostname());
  return addRuleOptions(command)
    .addHelpText('after', examples)
    .action(async (files: string[], flags: ScanFlags, self: Command) => {
      const config = await configOf(self);
      const { scanFiles } = await import('#services/analyzer/scan/index.ts');
      const watch = flags.history === undefined ? undefined : await againstHistory(config, flags.history);
      const rules = await rulesOf(config, flags.rules);
      const findings = await withScanProgress((onProgress) =>
        scanFiles({
          inputs: files,
          stdin: process.stdin,
          config,
          rules,
          type: flags.type,
          service: flags.service,
          host: flags.host,
          now: Date.now(),
          onProgress,
          watch,
          isKnownGood: watch?.isKnownGood,
        }),
      );
      for (const line of unjudged(watch?.services() ?? [], config))
        process.stderr.write(`logpatrol: ${line}\n`);
      for (const text of rendered(findings, flags.format)) await print(text);
      const { failOn } = flags;
      if (failOn !== undefined && findings.some((finding) => isAtLeast(finding.severity, failOn)))
        process.exitCode = 1;
    });
}

/** So many services are named. */
const maxNamed = 10;

/** A line for each service of which too little is known. */
function unjudged(services: readonly ServiceHistory[], { rates: { historyHours } }: Config): string[] {
  const short = services.filter(({ isEnough }) => !isEnough);
  const lines = short
    .slice(0, maxNamed)
    .map(
      (each) => `history of ${printable(each.service)}: ${shortfall(each, historyHours)}; not judged by it`,
    );
  return short.length <= maxNamed
    ? lines
    : [...lines, `and of ${short.length - maxNamed} further services too little`];
}

async function againstHistory(config: Config, path: string) {
  const { AgainstHistory, readHistory } = await import('#services/analyzer/rates/index.ts');
  const { domainFor } = await import('#services/analyzer/detect/index.ts');
  return new AgainstHistory({
    history: await readHistory(path),
    rates: config.rates,
    language: config.language,
    domainOf: (type, service) => domainFor(config.domains, type, service).name,
  });
}

/** In pieces, for the whole may be more than one string can hold. */
function rendered(findings: readonly Finding[], format: ScanFlags['format']): Iterable<string> {
  switch (format) {
    case 'json':
      return jsonArray(findings);
    case 'ndjson':
      return lines(findings);
    case 'table':
      return [
        findings.length === 0
          ? 'no findings\n'
          : colourSeverities(findingTable(findings), process.stdout.isTTY === true),
      ];
  }
}

function* lines(findings: readonly Finding[]): Generator<string> {
  for (const finding of findings) yield `${JSON.stringify(finding)}\n`;
}

function* jsonArray(findings: readonly Finding[]): Generator<string> {
  yield '[';
  for (const [index, finding] of findings.entries())
    yield `${index === 0 ? '\n' : ',\n'}${JSON.stringify(finding, null, 2)}`;
  yield '\n]\n';
}

/** Width of a line where the output is no terminal; evidence is cut to it. */
const defaultColumns = 200;

function findingTable(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.severity,
    String(finding.count),
    finding.service,
    finding.hostCount > 1 ? `${finding.hosts[0] ?? ''} +${finding.hostCount - 1}` : (finding.hosts[0] ?? ''),
    finding.lastSeen,
    finding.rule,
    finding.title,
  ]);
  const head = ['SEVERITY', 'COUNT', 'SERVICE', 'HOSTS', 'LAST SEEN', 'RULE', 'TITLE'];
  const width = Math.max(
    ...table(head, rows)
      .split('\n')
      .map((line) => line.length),
  );
  const room = Math.max(40, (process.stdout.columns ?? defaultColumns) - width - 2);
  return table(
    [...head, 'EVIDENCE'],
    rows.map((row, index) => [...row, evidence(findings[index], room)]),
  );
}

function evidence(finding: Finding | undefined, room: number): string {
  const shown = finding?.exemplars[0]?.text.split('\n', 1)[0] ?? '';
  // Of a rate the numbers tell more than a line does.
  const line = finding?.pack === 'rates' ? `${finding.detail ?? ''} ${shown}` : shown;
  return line.length <= room ? line : `${line.slice(0, room - 1).toWellFormed()}…`;
}
