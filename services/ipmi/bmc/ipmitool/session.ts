import { printable } from '#shared/text/printable.ts';
import { type Bmc, BmcTrouble, type SensorReading, type Session } from '../../inspection.ts';
import { linesOf } from '../lines.ts';
import type { SessionOptions } from '../open-session.ts';
import { openSensorCache, type SensorKnowledge } from '../sensor-cache.ts';
import { limitSession } from '../session-limit.ts';
import { readChassis, readRaw, readTrigger } from './read-answers.ts';
import { readFacts } from './read-facts.ts';
import { readSensors } from './read-sensors.ts';
import { type Shell, startShell } from './shell.ts';

/** A session by `ipmitool … shell`. */
export async function openIpmitoolSession(
  bmc: Bmc,
  password: string,
  options: SessionOptions,
): Promise<Session> {
  const { timeoutMs, logger, ipmitool } = options;
  const cache = await openSensorCache(bmc, options.cacheDir, logger);
  let known = await cache.read();
  let shell: Shell | undefined;
  const limit = limitSession(bmc, options, (reason) => shell?.fail(reason));

  /** One process at a time: the old one is gone before the next starts. */
  async function start(sdrFile: string | undefined): Promise<Shell> {
    await shell?.close();
    limit.throwIfOver();
    shell = startShell({ bmc, ipmitool, password, timeoutMs, folder: cache.folder, sdrFile });
    await shell.run();
    return shell;
  }

  async function close(): Promise<void> {
    limit.end();
    await shell?.close();
  }

  let running: Shell;
  try {
    running = await start(known?.sdrFile);
  } catch (error) {
    await close();
    throw error;
  }

  /** Reads what does not change, once in a while: it takes some times as long as a poll. */
  async function learn(version: string): Promise<SensorKnowledge> {
    const began = performance.now();
    // With records from a file, `sdr dump` writes an empty one.
    if (known?.sdrFile !== undefined) running = await start(undefined);
    const sdrFile = await cache.takeSdr((file) => running.run(`sdr dump ${file}`));
    if (sdrFile !== undefined) running = await start(sdrFile);
    const elist = await running.run('sdr elist all');
    const table = await running.run('sensor');
    const tookMs = Math.round(performance.now() - began);
    const knowledge = { version, sdrFile, facts: readFacts(table.out, elist.out), tookMs };
    if (knowledge.facts.length > 0) await cache.write(knowledge);
    return knowledge;
  }

  async function sensors(): Promise<readonly SensorReading[]> {
    const info = await running.run('sdr info');
    const version = recordsVersion(info.out);
    // A slow BMC is read again only at a poll that has the time for it.
    const isWorth = known?.isOld === true && known.tookMs * 2 < timeoutMs;
    if (known === undefined || known.version !== version || isWorth) known = await learn(version);
    const { facts } = known;
    const csv = await running.run('set csv 1', 'set verbose 1', 'sdr elist all');
    const readings = readSensors(csv.out, facts);
    // What is kept does not fit any more: it is read again at the next poll.
    if (readings.length * 2 < facts.length) await cache.forget();
    if (readings.length === 0 && (facts.length > 0 || troubleIn(csv.err) !== undefined)) {
      throw notUnderstood(bmc, 'sensors', info.err + csv.err);
    }
    return readings;
  }

  return {
    async raw(bytes) {
      const printed = await running.run(`raw ${bytes.map((byte) => `0x${byte.toString(16)}`).join(' ')}`);
      const answer = readRaw(printed);
      if (answer === undefined) throw notUnderstood(bmc, 'raw', printed.err);
      return answer;
    },
    async chassis() {
      const printed = await running.run('chassis status');
      const state = readChassis(printed.out);
      if (state === undefined) throw notUnderstood(bmc, 'chassis status', printed.err);
      return state;
    },
    sensors,
    trigger: async (recordId) => readTrigger((await running.run(`sel get 0x${recordId.toString(16)}`)).out),
    close,
  };
}

/** Of `sdr info`: how many records there are, and when one was added or erased last. */
function recordsVersion(info: string): string {
  return info
    .split('\n')
    .filter((line) => /^(?:Record Count|Most recent) /.test(line))
    .join('\n');
}

/** Of a command that told nothing: the session was there, so either the BMC has stopped answering, or it refuses just this. */
function notUnderstood({ host, port }: Bmc, command: string, err: string): BmcTrouble {
  const said = printable(troubleIn(err) ?? 'nothing that makes sense').slice(0, 200);
  const about = `${host}:${port}: ${command}: ${said}`;
  if (/insufficient privilege/i.test(said)) return new BmcTrouble('refused', about);
  // With a completion code it has answered: `… cmd=0x1 rsp=0xcb): …`, `… failed: Invalid command`.
  if (/error sending|unable to (?:send|get|establish)|no response/i.test(said) && !/rsp=|: \w/.test(said)) {
    return new BmcTrouble('unreachable', about);
  }
  return new BmcTrouble('invalid', about);
}

function troubleIn(err: string): string | undefined {
  return linesOf(err).find((line) => /error|unable|fail|invalid|insufficient/i.test(line));
}
