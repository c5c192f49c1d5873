import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '#shared/disk/make-folder.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { printable } from '#shared/text/printable.ts';
import { type Bmc, BmcTrouble, type RawAnswer, type Session } from '../../inspection.ts';
import { type Child, EndedEarly, type Printed, startChild } from '../child.ts';
import type { SessionOptions } from '../open-session.ts';
import { limitSession } from '../session-limit.ts';
import { readChassisStatus, readEventData, readRcvd } from './read-answers.ts';
import { readFreeipmiSensors } from './read-sensors.ts';

const install = 'install the package freeipmi-tools, or name the folder of its programs in ipmi.freeipmi';

/**
 * A session by FreeIPMI. `ipmi-raw` answers one command after another; sensors and trigger values are from programs that open
 * sessions of their own, before which it is ended: there is one process at a time.
 */
export async function openFreeipmiSession(
  bmc: Bmc,
  password: string,
  options: SessionOptions,
): Promise<Session> {
  // FreeIPMI would take brackets and commas for a range of hosts.
  if (!/^[\w.:-]+$/.test(bmc.host))
    throw new BmcTrouble('unreachable', `${printable(bmc.host)}: this is no host`);
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-ipmi-'));
  const configFile = join(folder, 'freeipmi.conf');
  const session = [
    ...['-h', `${bmc.host.includes(':') ? `[${bmc.host}]` : bmc.host}:${bmc.port}`, '-D', 'LAN_2_0'],
    ...['-I', String(bmc.cipherSuite), '-l', bmc.privilege.toUpperCase(), '-W', 'opensesspriv'],
    ...(bmc.user === undefined ? [] : ['-u', bmc.user]),
    ...patience(options.timeoutMs),
    `--config-file=${configFile}`,
  ];
  const records = recordsFolder(options, folder);
  let running: Child | undefined;
  let commands: Child | undefined;
  const limit = limitSession(bmc, options, (reason) => running?.fail(reason));

  /** One process at a time; the password is on the disk only until it has been read. */
  async function start(program: string, args: readonly string[]): Promise<Child> {
    await running?.close();
    commands = undefined;
    await writeFile(configFile, configuration(password), { mode: 0o600 });
    limit.throwIfOver();
    running = startChild({
      file: options.freeipmi === undefined ? program : join(options.freeipmi, program),
      args: [...session, ...args],
      environment: {},
      install,
    });
    return running;
  }

  async function run(program: string, ...args: string[]): Promise<Printed> {
    const child = await start(program, args);
    try {
      const { out, err, code } = await child.ended();
      if (code !== 0) throw whyNot(bmc, err);
      return { out, err };
    } finally {
      await rm(configFile, { force: true });
    }
  }

  async function raw(bytes: readonly number[]): Promise<RawAnswer> {
    const [netFn = 0, ...rest] = bytes;
    try {
      const child = commands ?? (await start('ipmi-raw', []));
      commands = child;
      const { out } = await child.ask(`0 ${[netFn, ...rest].map(hex).join(' ')}\n`, '\n', '');
      const answer = readRcvd(out);
      if (answer === undefined)
        throw new BmcTrouble('invalid', `${bmc.host}:${bmc.port}: raw: ${printable(out).slice(0, 200)}`);
      return answer;
    } catch (error) {
      if (error instanceof EndedEarly) throw whyNot(bmc, error.printed.err);
      throw error;
    } finally {
      await rm(configFile, { force: true });
    }
  }

  async function close(): Promise<void> {
    limit.end();
    await running?.close();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }

  try {
    limit.throwIfOver();
    // Get Device ID, which any user may.
    await raw([0x06, 0x01]);
  } catch (error) {
    await close();
    throw error;
  }
  const withRecords = [`--sdr-cache-directory=${records}`, '--quiet-cache', '--sdr-cache-recreate'];
  return {
    raw,
    async chassis() {
      const answer = await raw([0x00, 0x01]);
      const state = readChassisStatus(answer);
      if (state !== undefined) return state;
      throw new BmcTrouble(
        'invalid',
        `${bmc.host}:${bmc.port}: chassis status: completion code ${hex(answer.completion)}`,
      );
    },
    sensors: async () => readFreeipmiSensors((await run('ipmi-sensors', ...withRecords, '-v')).out),
    trigger: async (recordId) =>
      readEventData(
        (await run('ipmi-sel', ...withRecords, `--display=${recordId}`, '--no-header-output')).out,
      ),
    close,
  };
}

/** So that a host that does not answer is known in the time there is (measured with FreeIPMI 1.6: a second more than this). */
function patience(timeoutMs: number): string[] {
  const session = Math.round(Math.min(timeoutMs / 2, 10_000));
  return [
    `--session-timeout=${session}`,
    `--retransmission-timeout=${Math.min(1000, Math.round(session / 3))}`,
  ];
}

/** Where FreeIPMI keeps sensor data records; it sees itself when they have changed. It refuses a folder that others may write to. */
function recordsFolder({ cacheDir, logger }: SessionOptions, otherwise: string): string {
  if (cacheDir === undefined) return otherwise;
  try {
    makeFolder(cacheDir);
    return cacheDir;
  } catch (error) {
    logger.warn({ path: cacheDir, reason: messageOf(error) }, 'sensor data records cannot be kept');
    return otherwise;
  }
}

/** As freeipmi.conf(5) has it. */
function configuration(password: string): string {
  if (/[\r\n\0]/.test(password)) {
    throw new LogpatrolError(
      'invalid-config',
      'The password of a BMC has a line break: it has to be alone in its file',
    );
  }
  return `password "${password.replaceAll(/["#\\]/g, (character) => `\\${character}`)}"\n`;
}

/** FreeIPMI says itself what is wrong: `ipmi-raw: password invalid`. */
function whyNot({ host, port }: Bmc, err: string): BmcTrouble {
  const line = err.split('\n').findLast((text) => text.trim() !== '') ?? 'it ended without a word';
  const said = printable(line.replace(/^ipmi-\w+: /, '')).slice(0, 200);
  const outcome =
    /username invalid|password invalid|privilege level|k_g invalid|cipher suite|password verification/i.test(
      said,
    )
      ? 'refused'
      : /timeout|hostname|connection|busy|unavailable|resource/i.test(said)
        ? 'unreachable'
        : 'invalid';
  return new BmcTrouble(outcome, `${host}:${port}: ${said}`);
}

function hex(byte: number): string {
  return `0x${byte.toString(16)}`;
}
