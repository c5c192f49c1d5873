import { Command, Option } from 'commander';
import { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { wholeNumber } from '../whole-number.ts';
import type { AddFlags } from './add.ts';
import type { CheckFlags } from './check.ts';
import type { ListFlags } from './list.ts';
import type { WatchFlags } from './watch.ts';

const exits = `
Exit codes: 0 nothing is critical, 1 something is critical, 3 a BMC cannot be reached or refuses (3 goes before 1, for what it would
say is not known).`;

const passwords = `
The password is never an option: it comes from the server's own file or variable, from ipmi.passwordFile or ipmi.passwordEnv of the
configuration, from IPMI_PASSWORD or IPMI_PASSWORD_FILE; at a terminal it is asked for where there is none.`;

/** `logpatrol ipmi check | watch | list | add`. */
export function ipmiCommand(): Command {
  const command = new Command('ipmi')
    .description('Look at servers through their BMCs: sensors, event logs, power.')
    .addHelpText('after', '\nExamples:\n  logpatrol ipmi check\n  logpatrol ipmi add');
  command.addCommand(checkCommand());
  command.addCommand(watchCommand());
  command.addCommand(listCommand());
  command.addCommand(addCommand());
  return command;
}

function checkCommand(): Command {
  return chosen(
    new Command('check').description(
      'Ask the BMCs now: power, each sensor with its limits, the last events. What is wrong comes first.',
    ),
  )
    .option('--once', 'ask an unreachable BMC only once, and not max-retries times more')
    .addOption(eventsOption())
    .option('--all', 'of many servers every sensor; of one also those without a reading')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Examples:
  logpatrol ipmi check                                   every server of the list
  logpatrol ipmi check --server db-1-bmc
  IPMI_PASSWORD_FILE=pw logpatrol ipmi check --host 10.0.0.11 --user admin --once
  logpatrol ipmi check --format json | jq '.servers[].status.health'
${passwords}
${exits}`,
    )
    .action(async (flags: CheckFlags, self: Command) => {
      const { check } = await import('./check.ts');
      await check(flags, self);
    });
}

function watchCommand(): Command {
  return chosen(
    new Command('watch').description(
      'Watch servers live: the terminal shows what their BMCs say now; elsewhere each round is printed.',
    ),
  )
    .addOption(
      new Option('--interval <seconds>', 'from one round to the next (default: as configured)').argParser(
        wholeNumber(1, 86_400),
      ),
    )
    .addOption(new Option('--rounds <count>', 'end after so many').argParser(wholeNumber(1, 1_000_000)))
    .addOption(eventsOption())
    .option('--all', 'also what is well')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Examples:
  logpatrol ipmi watch
  logpatrol ipmi watch --server db-1-bmc --interval 5
  logpatrol ipmi watch --format json                     one line for each server and round
${passwords}`,
    )
    .action(async (flags: WatchFlags, self: Command) => {
      const { watch } = await import('./watch.ts');
      await watch(flags, self);
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('List the servers of the configuration and the inventory, and what their last poll said.')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      '\nExamples:\n  logpatrol ipmi list\n  logpatrol ipmi list --format json | jq .servers[].name\n\nExit code 1 where a part of the list cannot be read.',
    )
    .action(async (flags: ListFlags, self: Command) => {
      const { list } = await import('./list.ts');
      await list(flags, self);
    });
}

function addCommand(): Command {
  return new Command('add')
    .description(
      'Add a server: asks what is not said by options, tests the connection, writes the configuration.',
    )
    .option('--name <name>', 'its name here, unique')
    .option('--host <host>', 'address or name of the BMC')
    .addOption(portOption())
    .option('--user <user>', 'of the BMC; USER privilege is enough')
    .option('--host-name <name>', 'as the machine calls itself in its logs (default: its name here)')
    .option('--group <group>', 'rack, model or any group that limits name')
    .addOption(cipherOption())
    .addOption(toolOption())
    .addOption(
      new Option(
        '--password-file <file>',
        'where the password is kept: an existing file is used, else it is made (mode 600)',
      ).conflicts('passwordEnv'),
    )
    .option(
      '--password-env <variable>',
      'environment variable that holds the password, here and where logpatrol runs',
    )
    .option('--force', 'write it although the test of the connection fails')
    .option('--yes', 'ask nothing')
    .addHelpText(
      'after',
      `
Examples:
  logpatrol ipmi add
  logpatrol ipmi add --name db-1-bmc --host 10.0.0.11 --user admin --password-file /run/secrets/db-1-bmc --yes
  IPMI_PASSWORD=… logpatrol ipmi add --name db-2-bmc --host 10.0.0.12 --user admin --yes

Comments and layout of the configuration stay. Nothing is written where the server exists already (exit code 2) or the test of the
connection fails (exit code 3, --force writes all the same). The password comes from --password-env, an existing --password-file,
IPMI_PASSWORD or IPMI_PASSWORD_FILE, or is asked for.`,
    )
    .action(async (flags: AddFlags, self: Command) => {
      const { add } = await import('./add.ts');
      await add(flags, self);
    });
}

/** Which servers are meant: of the list, or one that no list names. */
function chosen(command: Command): Command {
  const apart = ['server'];
  return command
    .addOption(
      new Option('--server <name>', 'of the list; repeatable (default: all of them)')
        .argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value])
        .conflicts('host'),
    )
    .addOption(new Option('--host <host>', 'a BMC that no list names').conflicts(apart))
    .addOption(portOption().conflicts(apart))
    .addOption(new Option('--user <user>', 'of the BMC, with --host').conflicts(apart))
    .addOption(cipherOption().conflicts(apart))
    .addOption(
      new Option('--privilege <level>', 'of the session, with --host')
        .choices(IpmiServer.shape.privilege.unwrap().options)
        .conflicts(apart),
    )
    .addOption(toolOption().conflicts(apart))
    .addOption(
      new Option('--timeout <seconds>', 'longest that one BMC may take (default: as configured)').argParser(
        wholeNumber(1, 600),
      ),
    );
}

function portOption(): Option {
  return new Option('--port <port>', 'UDP port of the BMC').argParser(wholeNumber(1, 65_535));
}

function cipherOption(): Option {
  return new Option('--cipher-suite <number>', '3 or, on newer BMCs, 17').argParser(wholeNumber(0, 17));
}

function toolOption(): Option {
  return new Option('--tool <tool>', 'the program that asks').choices(IpmiServer.shape.tool.unwrap().options);
}

function eventsOption(): Option {
  return new Option('--events <count>', 'of the event log, the newest')
    .argParser(wholeNumber(0, 1000))
    .default(10);
}

function formatOption(): Option {
  return new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text');
}
