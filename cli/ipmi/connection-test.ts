import type { Logger } from 'pino';
import { openSession } from '#services/ipmi/bmc/index.ts';
import { type Bmc, BmcTrouble, type ChassisState } from '#services/ipmi/inspection.ts';
import type { Config } from '#shared/config/index.ts';
import type { SensorKind } from '#shared/model/index.ts';

/** Whether a BMC can be asked as it is said to be, and what it has. */
export type ConnectionTest =
  | {
      readonly ok: true;
      readonly power: ChassisState['power'];
      readonly faults: readonly string[];
      readonly sensors: number;
      readonly kinds: ReadonlyMap<SensorKind, number>;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Opens a session, and reads power and sensors. Nothing is cached: what is tried here may not stay.
 *
 * @throws LogpatrolError `unusable-environment` where the program that asks is missing
 */
export async function testConnection(
  bmc: Bmc,
  { ipmi }: Pick<Config, 'ipmi'>,
  logger: Logger,
  signal: AbortSignal,
): Promise<ConnectionTest> {
  try {
    const session = await openSession(bmc, {
      timeoutMs: bmc.timeoutSeconds * 1000,
      signal,
      logger,
      ipmitool: ipmi.ipmitool,
      freeipmi: ipmi.freeipmi,
    });
    try {
      const { power, faults = [] } = await session.chassis();
      const sensors = await session.sensors();
      const kinds = new Map<SensorKind, number>();
      for (const { kind } of sensors) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      return { ok: true, power, faults, sensors: sensors.length, kinds };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof BmcTrouble) return { ok: false, reason: error.message };
    throw error;
  }
}
