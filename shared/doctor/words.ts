const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** So long, as a person would say it: `1.2 s`, `40 s`, `12 min`, `3.5 h`, `12 d`. */
export function seconds(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < 10_000) return `${(time / 1000).toFixed(1)} s`;
  if (time < 2 * minute) return `${Math.round(time / 1000)} s`;
  if (time < 2 * hour) return `${Math.round(time / minute)} min`;
  if (time < 2 * day) return `${(time / hour).toFixed(1)} h`;
  return `${Math.round(time / day)} d`;
}

/** A share of one, in percent. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** The value below which this share of the values lies (nearest rank); 0 of none. @param values ascending */
export function quantile(values: readonly number[], share: number): number {
  return values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
}
