import { z } from 'zod';

/** How much a finding matters, from least to most. The same three words everywhere: rules, cards, CLI, index. */
export const severities = ['info', 'warning', 'critical'] as const;

export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

/** Orders severities: negative where `a` matters less than `b`, 0 where they are equal. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

/** True where `severity` is `floor` or worse. */
export function isAtLeast(severity: Severity, floor: Severity): boolean {
  return compareSeverity(severity, floor) >= 0;
}
