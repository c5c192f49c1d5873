import { isDeepStrictEqual } from 'node:util';
import picomatch from 'picomatch';
import type { Config } from '#shared/config/index.ts';
import { shippedLimits } from '#shared/config/ipmi-schema.ts';
import type { SensorKind, Thresholds } from '#shared/model/index.ts';

/** `ipmi.limits` of the configuration, in order. */
export type Limits = Config['ipmi']['limits'];
type LimitsEntry = Limits[number];

/** What a limit is of. */
export interface LimitsTarget {
  /** Of the sensor. */
  readonly names: readonly string[];
  readonly kind: SensorKind;
  readonly server: string;
  readonly group: string | undefined;
}

/** The thresholds in force, and whose they are. */
export interface InForce {
  readonly thresholds: Thresholds;
  /** Set where the configuration has set a limit or taken one away; `default`: the shipped one has. */
  readonly setBy: 'config' | 'default' | undefined;
  readonly isIgnored: boolean;
}

/**
 * The sensor's own thresholds under the configuration's limits: of the entries that fit, the later one wins limit by limit, and null takes a
 * limit away. Where a critical limit is set, a non-recoverable one that would be met before it no longer counts.
 */
export function thresholdsInForce(own: Thresholds, target: LimitsTarget, limits: Limits): InForce {
  const found = limits.filter((entry) => fits(entry, target));
  const last = (limit: 'warning' | 'critical' | 'belowWarning' | 'belowCritical') =>
    found.findLast((entry) => entry[limit] !== undefined)?.[limit];
  const [warning, critical] = [last('warning'), last('critical')];
  const [belowWarning, belowCritical] = [last('belowWarning'), last('belowCritical')];
  const upperNonRecoverable =
    critical === undefined || (critical !== null && (own.upperNonRecoverable ?? -Infinity) > critical)
      ? own.upperNonRecoverable
      : undefined;
  const lowerNonRecoverable =
    belowCritical === undefined ||
    (belowCritical !== null && (own.lowerNonRecoverable ?? Infinity) < belowCritical)
      ? own.lowerNonRecoverable
      : undefined;
  return {
    thresholds: {
      lowerNonRecoverable,
      lowerCritical: over(own.lowerCritical, belowCritical),
      lowerWarning: over(own.lowerWarning, belowWarning),
      upperWarning: over(own.upperWarning, warning),
      upperCritical: over(own.upperCritical, critical),
      upperNonRecoverable,
    },
    setBy: setBy(found),
    isIgnored: found.some(({ ignore }) => ignore),
  };
}

function setBy(found: Limits): InForce['setBy'] {
  const setting = found.filter((entry) =>
    [entry.warning, entry.critical, entry.belowWarning, entry.belowCritical].some((one) => one !== undefined),
  );
  if (setting.length === 0) return undefined;
  return setting.every((entry) => shippedLimits.some((shipped) => isDeepStrictEqual(entry, shipped)))
    ? 'default'
    : 'config';
}

function over(own: number | undefined, configured: number | null | undefined): number | undefined {
  return configured === undefined ? own : (configured ?? undefined);
}

function fits(entry: LimitsEntry, { names, kind, server, group }: LimitsTarget): boolean {
  return (
    (entry.kind === undefined || entry.kind === kind) &&
    (entry.groups === undefined || (group !== undefined && entry.groups.includes(group))) &&
    names.some((name) => isLike(entry.sensors, name)) &&
    (entry.servers === undefined || entry.servers.some((pattern) => isLike(pattern, server)))
  );
}

/** By pattern; there are as many as the configuration has. */
const matchers = new Map<string, picomatch.Matcher>();

/** `*` is any text, also with dots and strokes in it. How long a pattern may take is bounded by its stars and the name's length. */
function isLike(pattern: string, name: string): boolean {
  if (pattern.toLowerCase() === name.toLowerCase()) return true;
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    matcher = picomatch(pattern, { dot: true, bash: true, noextglob: true, nocase: true });
    matchers.set(pattern, matcher);
  }
  return matcher(name);
}
