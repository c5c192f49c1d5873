/** The two greatest units that are not zero: what a reader wants of a duration. */
export function greatest(parts: readonly (readonly [number, string])[], separator: string): string {
  const from = parts.findIndex(([amount]) => amount > 0);
  const shown = from < 0 ? parts.slice(-1) : parts.slice(from, from + 2);
  return shown.map(([amount, unit]) => `${amount}${unit}`).join(separator);
}
