import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import type { Finding } from '#shared/model/index.ts';
import { isAtLeast, type Severity, severities } from '#shared/model/index.ts';
import { print } from './print.ts';
import { addRuleOptions, type RuleFlags, rulesOf } from './rule-options.ts';
import { scanProgress } from './scan-progress.ts';
import { configOf } from './setting.ts';
import { colourSeverities } from './severity-colour.ts';
import { table } from './table.ts';

interface ScanFlags extends RuleFlags {
  readonly format: 'table' | 'json' | 'ndjson';
  readonly failOn?: Severity;
  readonly host: string;
}

const examples = `
Examples:
  logpatrol scan /var/log/syslog
  logpatrol scan --type nginx error.log error.log.2.gz
  zcat old.log.gz | logpatrol scan --service checkout -
  logpatrol scan --format ndjson app.log | jq .title
  logpatrol scan --fail-on critical build.log      exit 1 where there is a critical finding`;

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
    .option('--host <name>', 'host of the lines', hostname());
  return addRuleOptions(command)
    .addHelpText('after', examples)
    .action(async (files: string[], flags: ScanFlags, self: Command) => {
      const config = await configOf(self);
      const { scanFiles } = await import('#services/analyzer/scan/index.ts');
      const rules = await rulesOf(config, flags.rules);
      const progress = scanProgress(Date.now);
      let findings: Finding[];
      try {
        findings = await scanFiles({
          inputs: files,
          stdin: process.stdin,
          config,
          rules,
          type: flags.type,
          service: flags.service,
          host: flags.host,
          now: Date.now(),
          onProgress: progress?.show,
        });
      } finally {
        progress?.stop();
      }
      for (const text of rendered(findings, flags.format)) await print(text);
      const { failOn } = flags;
      if (failOn !== undefined && findings.some((finding) => isAtLeast(finding.severity, failOn)))
        process.exitCode = 1;
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
  const line = finding?.exemplars[0]?.text.split('\n', 1)[0] ?? '';
  return line.length <= room ? line : `${line.slice(0, room - 1).toWellFormed()}…`;
}
