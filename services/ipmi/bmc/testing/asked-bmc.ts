import { pino } from 'pino';
import type { SimulatedBmc } from '#test/stack/bmc.ts';
import type { Bmc } from '../../inspection.ts';
import type { SessionOptions } from '../open-session.ts';

/** A simulated BMC as a server of the list. */
export function askedBmc(
  sim: Pick<SimulatedBmc, 'port' | 'user' | 'password'>,
  changes: Partial<Bmc> = {},
): Bmc {
  return {
    name: 'db-1',
    host: '127.0.0.1',
    port: sim.port,
    hostName: 'db-1',
    group: undefined,
    user: sim.user,
    password: async () => sim.password,
    cipherSuite: 3,
    privilege: 'user',
    tool: 'ipmitool',
    intervalSeconds: 30,
    maxRetries: 2,
    timeoutSeconds: 10,
    ...changes,
  };
}

export function sessionOptions(changes: Partial<SessionOptions> = {}): SessionOptions {
  return {
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    logger: pino({ level: 'silent' }),
    ipmitool: 'ipmitool',
    ...changes,
  };
}
