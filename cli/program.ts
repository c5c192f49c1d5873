import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { auditCommand } from './audit.ts';
import { cardsCommand } from './cards.ts';
import { channelsCommand } from './channels.ts';
import { completionCommand } from './completion/command.ts';
import { configCommand } from './config.ts';
import { controlsCommand } from './controls.ts';
import { dlqCommand } from './dlq.ts';
import { doctorCommand } from './doctor.ts';
import { drillCommand } from './drill.ts';
import { evalCommand } from './eval.ts';
import { feedbackCommand } from './feedback.ts';
import { housekeepingCommand } from './housekeeping.ts';
import { incidentsCommand } from './incidents.ts';
import { ipmiCommand } from './ipmi/command.ts';
import { learnCommand } from './learn.ts';
import { preferencesCommand } from './preferences.ts';
import { queueCommand } from './queue.ts';
import { routesCommand } from './routes.ts';
import { rulesCommand } from './rules.ts';
import { runCommand } from './run.ts';
import { runbooksCommand } from './runbooks.ts';
import { scanCommand } from './scan.ts';
import { secretsCommand } from './secrets/command.ts';
import { securityCommand } from './security/command.ts';
import { logLevels } from './setting.ts';
import { setupCommand } from './setup.ts';
import { summaryCommand } from './summary.ts';
import { upCommand } from './up.ts';

const exitCodes = `
Exit codes:
  0   all went well
  1   what was looked at is not well (doctor, security audit, drill, housekeeping, channels test, cards lint, eval, runbooks lint, ipmi check, scan --fail-on), or a dependency does not answer
  2   wrong use, or an input that cannot be read
  3   a BMC cannot be reached or refuses (ipmi check, ipmi add)
  70  a defect in logpatrol itself
  78  the configuration is wrong, or the environment cannot be used (port in use, wrong topics, old Node)`;

const examples = `
Examples:
  logpatrol up /var/log/syslog app.log     watch these files on this machine, findings in the terminal
  logpatrol scan app.log.gz                analyse a finished file and stop
  logpatrol setup && logpatrol run all     one process of a Kafka installation
  logpatrol doctor                         is everything reachable that the configuration names?

Every command has its own help: logpatrol dlq --help`;

/** The whole command line. Commands read their modules when they run, so that help and completion answer at once. */
export function createProgram(): Command {
  const program = new Command('logpatrol')
    .description("Watches a fleet's logs, explains what is wrong, and tells the on-call group.")
    .version(version(), '-V, --version')
    .addOption(
      new Option('--config <file>', 'configuration file (default: $LOGPATROL_CONFIG, ./logpatrol.yaml)'),
    )
    .addOption(new Option('--log-level <level>', 'how much to log').choices(logLevels))
    .addHelpText('after', `${examples}\n${exitCodes}`);
  const commands = [
    upCommand(),
    scanCommand(),
    learnCommand(),
    summaryCommand(),
    rulesCommand(),
    runbooksCommand(),
    runCommand(),
    secretsCommand(),
    setupCommand(),
    doctorCommand(),
    drillCommand(),
    queueCommand(),
    dlqCommand(),
    channelsCommand(),
    cardsCommand(),
    routesCommand(),
    preferencesCommand(),
    incidentsCommand(),
    ipmiCommand(),
    controlsCommand(),
    feedbackCommand(),
    auditCommand(),
    evalCommand(),
    securityCommand(),
    housekeepingCommand(),
    configCommand(),
    completionCommand(() => program),
  ];
  for (const command of commands) program.addCommand(command);
  throwInsteadOfExit(program);
  return program;
}

/** commander's own exit would choose 1 for wrong use, and could cut off output. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride().showSuggestionAfterError();
  for (const inner of command.commands) throwInsteadOfExit(inner);
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
