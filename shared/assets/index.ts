import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openFileAssets } from './file-assets.ts';
import { openHttpAssets } from './http-assets.ts';
import type { Assets } from './port.ts';

export type { Assets } from './port.ts';

export interface AssetsOptions {
  readonly config: NonNullable<Config['assets']>;
  readonly logger: Logger;
  readonly metrics?: Registry | undefined;
}

/**
 * The inventory that the configuration names.
 *
 * @throws LogpatrolError `invalid-config` where its file cannot be used at all
 */
export function openAssets({ config, logger, metrics }: AssetsOptions): Assets {
  const { file, url } = config;
  if (url !== undefined) return openHttpAssets({ config: { ...config, url }, logger, metrics });
  if (file !== undefined) return openFileAssets(file, logger);
  throw new LogpatrolError('invalid-config', 'assets: give either file or url');
}

/** Whether the inventory can be used, for `logpatrol doctor`. */
export async function assetsHealth(
  config: NonNullable<Config['assets']>,
  logger: Logger,
): Promise<DependencyHealth> {
  let assets: Assets;
  try {
    assets = openAssets({ config, logger });
  } catch (error) {
    if (!(error instanceof LogpatrolError)) throw error;
    return { name: 'inventory', ok: false, detail: error.message };
  }
  try {
    return await assets.health();
  } finally {
    await assets.close();
  }
}
