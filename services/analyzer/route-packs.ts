import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';

/**
 * Checks that every rule pack that a route names has been loaded: a mistyped name would else mean that nobody looks.
 *
 * @throws LogpatrolError `invalid-config` listing those that have not
 */
export function checkRoutePacks(routes: Config['routes'], packs: readonly string[]): void {
  const missing = Object.entries(routes).flatMap(([type, route]) =>
    (route.packs ?? [])
      .filter((pack) => !packs.includes(pack))
      .map((pack) => `routes.${type}.packs: there is no rule pack "${pack}"`),
  );
  if (missing.length === 0) return;
  throw new LogpatrolError('invalid-config', `${missing.join('; ')}; there are ${packs.join(', ')}`);
}
