import type { Baseline } from '#shared/model/index.ts';
import type { Kind } from './kind.ts';

/** Baselines in one publication; what is beyond waits for the next. */
const maxPublished = 200;

/** What every kind in memory weighs, and which of their records have to be published or ended. */
export class KeptKinds {
  readonly #touched = new Set<Kind>();
  /** Keys of the baselines that are no more. */
  readonly #gone = new Set<string>();
  readonly #bytesOf = new Map<Kind, number>();
  readonly #byKey = new Map<string, Kind>();
  #bytes = 0;

  /** An estimate from above. */
  get bytes(): number {
    return this.#bytes;
  }

  withKey(key: string): Kind | undefined {
    return this.#byKey.get(key);
  }

  /** It has changed: its record is to be published. */
  touch(kind: Kind): void {
    this.#touched.add(kind);
    // The record that was to be ended is this one's from now on.
    if (this.#gone.delete(kind.key)) kind.isPublished = true;
    this.weigh(kind);
  }

  /** It is kept, as heavy as it is now. */
  weigh(kind: Kind): void {
    const { bytes } = kind;
    this.#bytes += bytes - (this.#bytesOf.get(kind) ?? 0);
    this.#bytesOf.set(kind, bytes);
    this.#byKey.set(kind.key, kind);
  }

  /** It is kept no longer; its record, where there is one, stays. */
  forget(kind: Kind): void {
    this.#bytes -= this.#bytesOf.get(kind) ?? 0;
    this.#bytesOf.delete(kind);
    this.#touched.delete(kind);
    if (this.#byKey.get(kind.key) === kind) this.#byKey.delete(kind.key);
  }

  /** It is kept no longer, and its record, where there is one, is to be ended. */
  end(kind: Kind): void {
    this.forget(kind);
    if (kind.isPublished) this.#gone.add(kind.key);
  }

  /** Records to publish, at most some hundred; `null`: it is no more. */
  take(): { readonly key: string; readonly value: Baseline | null }[] {
    const taken: { key: string; value: Baseline | null }[] = [];
    for (const key of this.#gone) {
      taken.push({ key, value: null });
      this.#gone.delete(key);
      if (taken.length >= maxPublished) return taken;
    }
    for (const kind of this.#touched) {
      kind.isPublished = true;
      taken.push({ key: kind.key, value: kind.state() });
      this.#touched.delete(kind);
      if (taken.length >= maxPublished) return taken;
    }
    return taken;
  }
}
