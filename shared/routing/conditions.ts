import picomatch from 'picomatch';
import type { RouteConfig } from '#shared/config/index.ts';
import { openUntil } from '#shared/controls/index.ts';
import type { RoutingFacts } from './facts.ts';

export type When = RouteConfig['when'];

/** One condition of a route, and how a finding stands to it. */
export interface Check {
  /** `types`, `services`, `severities`, `labels.owner`, `times`. */
  readonly name: string;
  readonly fits: boolean;
  readonly wanted: string;
  readonly found: string;
}

/** How the finding stands to each condition, at this moment (milliseconds since the epoch). */
export function checksOf(when: When, facts: RoutingFacts, now: number): Check[] {
  const { types, services, severities, labels = {}, times } = when;
  const checks: Check[] = [];
  if (types !== undefined) checks.push(among('types', types, facts.type));
  if (services !== undefined)
    checks.push({
      ...among('services', services, facts.service),
      fits: services.some((pattern) => matches(pattern, facts.service)),
    });
  if (severities !== undefined) checks.push(among('severities', severities, facts.severity));
  for (const [name, pattern] of Object.entries(labels)) {
    const values = facts.labels.get(name) ?? [];
    checks.push({
      name: `labels.${name}`,
      fits: values.some((value) => matches(pattern, value)),
      wanted: pattern,
      found: values.length === 0 ? 'it has none' : values.join(', '),
    });
  }
  if (times !== undefined)
    checks.push({
      name: 'times',
      fits: times.some((window) => openUntil(window, now) !== undefined),
      wanted: times
        .map(({ days, from, to, timeZone }) => `${days.join(' ')} ${from}–${to} ${timeZone}`)
        .join(', '),
      found: new Date(now).toISOString(),
    });
  return checks;
}

function among(name: string, wanted: readonly string[], found: string): Check {
  return { name, fits: wanted.includes(found), wanted: wanted.join(', '), found };
}

const patterns = new Map<string, picomatch.Matcher>();

/**
 * Whether the value is this, or is like this pattern: `*` is any text, also with strokes and dots in it. How long a pattern may
 * take is bounded by its number of stars (the configuration refuses more) and by the value's length.
 */
function matches(pattern: string, value: string): boolean {
  if (pattern === value) return true;
  let matcher = patterns.get(pattern);
  if (matcher === undefined) {
    matcher = picomatch(pattern, { dot: true, bash: true, noextglob: true });
    patterns.set(pattern, matcher);
  }
  return matcher(value);
}
