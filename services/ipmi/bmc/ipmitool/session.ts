import { printable } from '#shared/text/printable.ts';
import { type Bmc, BmcTrouble, type RawAnswer, type SensorReading, type Session } from '../../inspection.ts';
import type { SessionOptions } from '../open-session.ts';
import { openSensorCache, type SensorKnowledge } from '../sensor-cache.ts';
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
  const { timeoutMs, signal, logger, ipmitool } = options;
  const cache = await openSensorCache(bmc, options.cacheDir, logger);
  let known = await cache.read();
  let failure: Error | undefined;
  let shell = start(known?.sdrFile);

  const timer = setTimeout(
    () => stop(new BmcTrouble('unreachable', `${where(bmc)}: not done within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const onAbort = (): void => stop(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });

  function start(sdrFile: string | undefined): Shell {
    return startShell({ bmc, ipmitool, password, timeoutMs, folder: cache.folder, sdrFile });
  }

  function stop(reason: Error): void {
    failure ??= reason;
    shell.fail(reason);
  }

  async function close(): Promise<void> {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    await shell.close();
  }

  /** One process at a time: the old one is gone before the next starts. */
  async function restart(sdrFile: string | undefined): Promise<void> {
    await shell.close();
    if (failure !== undefined) throw failure;
    shell = start(sdrFile);
  }

  /** Reads what does not change, once in a while: it takes some times as long as a poll. */
  async function learn(version: string): Promise<SensorKnowledge> {
    const sdrFile = await cache.takeSdr((file) => shell.run(`sdr dump ${file}`));
    if (sdrFile !== undefined) await restart(sdrFile);
    const elist = await shell.run('sdr elist all');
    const table = await shell.run('sensor');
    return cache.write({ version, sdrFile, facts: readFacts(table.out, elist.out) });
  }

  async function sensors(): Promise<readonly SensorReading[]> {
    const info = await shell.run('sdr info');
    // Which records there are, and when one was added or erased last.
    const version = info.out
      .split('\n')
      .filter((line) => /^(?:Record Count|Most recent) /.test(line))
      .join('\n');
    const knowledge = known?.version === version ? known : await learn(version);
    known = knowledge;
    const { facts } = knowledge;
    const csv = await shell.run('set csv 1', 'set verbose 1', 'sdr elist all');
    const readings = readSensors(csv.out, facts);
    // What is kept does not fit any more: it is read again at the next poll.
    if (readings.length < facts.length) await cache.forget();
    if (readings.length === 0 && facts.length === 0) throw notUnderstood(bmc, 'sensors', info.err + csv.err);
    return readings;
  }

  const session: Session = {
    async raw(bytes): Promise<RawAnswer> {
      const printed = await shell.run(`raw ${bytes.map((byte) => `0x${byte.toString(16)}`).join(' ')}`);
      const answer = readRaw(printed);
      if (answer === undefined) throw notUnderstood(bmc, 'raw', printed.err);
      return answer;
    },
    async chassis() {
      const printed = await shell.run('chassis status');
      const state = readChassis(printed.out);
      if (state === undefined) throw notUnderstood(bmc, 'chassis status', printed.err);
      return state;
    },
    sensors,
    trigger: async (recordId) => readTrigger((await shell.run(`sel get 0x${recordId.toString(16)}`)).out),
    close,
  };

  try {
    if (signal.aborted) onAbort();
    await shell.run();
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

function where({ host, port }: Bmc): string {
  return `${host}:${port}`;
}

/** Of a command that told nothing: the session was there, so either the BMC has stopped answering, or it refuses just this. */
function notUnderstood(bmc: Bmc, command: string, err: string): BmcTrouble {
  const line = err.split('\n').find((text) => /error|unable|fail|invalid|insufficient/i.test(text));
  const said = printable(line ?? 'nothing that makes sense').slice(0, 200);
  const about = `${where(bmc)}: ${command}: ${said}`;
  if (/insufficient privilege/i.test(said)) return new BmcTrouble('refused', about);
  if (
    /no response|timeout|unable to (?:send|get|establish)|error sending/i.test(said) &&
    !/rsp=|: /.test(said)
  )
    return new BmcTrouble('unreachable', about);
  return new BmcTrouble('invalid', about);
}
