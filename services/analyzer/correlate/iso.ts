/** A moment in milliseconds since the epoch as it is written. */
export function iso(moment: number): string {
  return new Date(moment).toISOString();
}

/** The moment that was written, in milliseconds since the epoch. */
export function momentOf(timestamp: string | undefined): number | undefined {
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}
