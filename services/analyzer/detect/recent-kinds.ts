/** A kind is shown again after so long, so that whoever tells of it has a fresh line. */
const showAgainMs = 10 * 60_000;
/** So many kinds are remembered: with their texts some 2 MB. */
const maxKinds = 2000;

/** Kinds of lines of which an exemplar was given out lately; the least recently shown are forgotten first. */
export class RecentKinds {
  readonly #shownAt = new Map<string, number>();

  /** True where the kind has not been shown lately; then it has been. @param now milliseconds since the epoch */
  isNew(service: string, masked: string, now: number): boolean {
    const key = `${service.length} ${service}${masked}`;
    const shownAt = this.#shownAt.get(key);
    if (shownAt !== undefined && now - shownAt < showAgainMs) return false;
    this.#shownAt.delete(key);
    this.#shownAt.set(key, now);
    if (this.#shownAt.size > maxKinds) {
      const [oldest] = this.#shownAt.keys();
      if (oldest !== undefined) this.#shownAt.delete(oldest);
    }
    return true;
  }
}
