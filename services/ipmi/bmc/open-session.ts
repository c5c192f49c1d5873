import type { Logger } from 'pino';
import type { Bmc, Session } from '../inspection.ts';
import { openFreeipmiSession } from './freeipmi/session.ts';
import { openIpmitoolSession } from './ipmitool/session.ts';

export interface SessionOptions {
  /** For the whole session, in milliseconds: what is not done then is not waited for, and the process is killed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Name or path of `ipmitool`. */
  readonly ipmitool: string;
  /** Folder of the FreeIPMI programs; those on PATH where undefined. */
  readonly freeipmi?: string | undefined;
  /** Folder for what is kept of each BMC (its sensor data records, slow to read); nothing is kept where undefined. */
  readonly cacheDir?: string | undefined;
}

/**
 * Opens a session with a BMC. `close` it always; it never rejects.
 *
 * @throws BmcTrouble where the BMC cannot be asked: it does not answer, refuses, or makes no sense
 * @throws LogpatrolError `unusable-environment` where the program that asks is missing, and what `bmc.password()` throws
 * @throws the signal's reason when it is aborted
 */
export async function openSession(bmc: Bmc, options: SessionOptions): Promise<Session> {
  options.signal.throwIfAborted();
  const password = await bmc.password();
  return bmc.tool === 'freeipmi'
    ? openFreeipmiSession(bmc, password, options)
    : openIpmitoolSession(bmc, password, options);
}
