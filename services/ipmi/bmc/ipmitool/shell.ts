import { randomBytes } from 'node:crypto';
import type { Bmc } from '../../inspection.ts';
import { EndedEarly, type Printed, startChild } from '../child.ts';
import { whyNoSession } from './why-no-session.ts';

/** `ipmitool … shell`: one session that answers command after command. */
export interface Shell {
  /** Runs commands one after another and answers what they printed. Text in it can be hostile. */
  run(...commands: string[]): Promise<Printed>;
  close(): Promise<void>;
  /** Kills it, and lets what is waited for fail with this. */
  fail(trouble: Error): void;
}

export interface ShellOptions {
  readonly bmc: Bmc;
  /** Name or path of `ipmitool`. */
  readonly ipmitool: string;
  readonly password: string;
  readonly timeoutMs: number;
  /** Where the process runs: names of files in commands are from here. */
  readonly folder: string | undefined;
  /** File in it with the sensor data records, made by `sdr dump`. */
  readonly sdrFile: string | undefined;
}

/** Starts `ipmitool`. Whether it gets a session shows with the first command. */
export function startShell(options: ShellOptions): Shell {
  const { bmc, password, ipmitool, folder } = options;
  const child = startChild({
    file: ipmitool,
    args: argumentsFor(options),
    // No settings of a user's readline.
    environment: { IPMI_PASSWORD: password, INPUTRC: '/dev/null' },
    folder,
    install: 'install the package ipmitool, or name it in ipmi.ipmitool',
  });

  async function run(...commands: string[]): Promise<Printed> {
    // No hostile text can have this number in it, so nothing but the end of the answer is taken for it. `echo` prints it
    // to standard output, a wrong `set` to standard error; each is flushed before the next prompt.
    const mark = `x${randomBytes(12).toString('hex')}`;
    const lines = ['set verbose 0', ...commands, `echo ${mark}`, `set csv ${mark}`, ''];
    const last = `Given csv '${mark}' argument is invalid.\n`;
    try {
      const { out, err } = await child.ask(lines.join('\n'), `\n${mark} \n`, last);
      return { out, err: err.slice(0, -last.length) };
    } catch (error) {
      if (error instanceof EndedEarly) throw whyNoSession(bmc, error);
      throw error;
    }
  }

  return { run, close: () => child.close('quit\n'), fail: (trouble) => child.fail(trouble) };
}

/** `-v`: with it `ipmitool` says why it has no session. The password is in the environment only (`-E`). */
function argumentsFor({ bmc, timeoutMs, sdrFile }: ShellOptions): string[] {
  const { host, port, user, cipherSuite, privilege } = bmc;
  return [
    '-v',
    ...['-I', 'lanplus', '-H', host, '-p', String(port), '-C', String(cipherSuite)],
    ...['-L', privilege.toUpperCase(), '-E', ...(user === undefined ? [] : ['-U', user])],
    ...patience(timeoutMs),
    ...(sdrFile === undefined ? [] : ['-S', sdrFile]),
    'shell',
  ];
}

/**
 * Seconds between retransmissions, and their number, so that a host that does not answer is known in the time there is: after
 * 10, 6 or 2 seconds (measured with ipmitool 1.8.19, which waits longer before each further one).
 */
function patience(timeoutMs: number): string[] {
  if (timeoutMs >= 12_000) return ['-N', '2', '-R', '2'];
  if (timeoutMs >= 7_000) return ['-N', '1', '-R', '2'];
  return ['-N', '1', '-R', '1'];
}
