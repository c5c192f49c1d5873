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
        .map(
          ({ days, from, to, timeZone }) =>
            `${days.length === 7 ? 'every day' : days.join(' ')} ${from}–${to} ${timeZone}`,
        )
        .join(', '),
      found: [...new Set(times.map(({ timeZone }) => clockTime(now, timeZone)))].join(', '),
    });
  return checks;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `sat 19:30 Asia/Shanghai`, as windows are written. */
function clockTime(now: number, timeZone: string): string {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en', {
      ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    clocks.set(timeZone, clock);
  }
  const part = new Map(clock.formatToParts(now).map(({ type, value }) => [type, value]));
  return `${part.get('weekday')?.toLowerCase()} ${part.get('hour')}:${part.get('minute')} ${timeZone}`;
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
