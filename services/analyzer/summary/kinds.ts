import { createTemplates } from '../templates/index.ts';
import type { Level } from './line-level.ts';
import { worseLevel } from './line-level.ts';
import type { ShownLine } from './log-summary.ts';

/** Templates take no more; those used least go first. In bytes. */
const templateBytes = 32 * 1024 * 1024;
/** Kinds that are counted; lines of further ones are none. */
const maxKinds = 20_000;

/** One kind of line over all windows. */
export interface Kind {
  text: string;
  /** Lines by window. */
  readonly counts: number[];
  level: Level;
  /** The first line of it in the window that is summed up (0). */
  exemplar: ShownLine | undefined;
}

/** Counts lines by kind and window. The templates are learned from all windows alike, the oldest first. */
export class Kinds {
  readonly #templates = createTemplates({ maxBytes: templateBytes });
  readonly #kinds = new Map<string, Kind>();
  readonly #windows: number;

  constructor(windows: number) {
    this.#windows = windows;
  }

  /** @param masked as detection counts kinds of lines */
  add(
    masked: string,
    {
      window,
      weight,
      level,
      shown,
    }: { window: number; weight: number; level: Level; shown?: () => ShownLine },
  ): void {
    const { id, text, formerIds } = this.#templates.learn(masked);
    const kind = this.#kindOf(id, text, formerIds);
    if (kind === undefined) return;
    kind.counts[window] = (kind.counts[window] ?? 0) + weight;
    kind.level = worseLevel(kind.level, level);
    if (window === 0) kind.exemplar ??= shown?.();
  }

  all(): ReadonlyMap<string, Kind> {
    return this.#kinds;
  }

  #kindOf(id: string, text: string, formerIds: readonly string[]): Kind | undefined {
    const former = formerIds.flatMap((each) => {
      const kind = each === id ? undefined : this.#kinds.get(each);
      if (kind === undefined) return [];
      this.#kinds.delete(each);
      return [kind];
    });
    let kind = this.#kinds.get(id);
    if (kind === undefined) {
      if (this.#kinds.size >= maxKinds) return undefined;
      kind = { text, counts: new Array<number>(this.#windows).fill(0), level: 'none', exemplar: undefined };
      this.#kinds.set(id, kind);
    }
    kind.text = text;
    for (const other of former) {
      for (const [window, count] of other.counts.entries())
        kind.counts[window] = (kind.counts[window] ?? 0) + count;
      kind.level = worseLevel(kind.level, other.level);
      kind.exemplar = earlier(kind.exemplar, other.exemplar);
    }
    return kind;
  }
}

function earlier(a: ShownLine | undefined, b: ShownLine | undefined): ShownLine | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.timestamp <= b.timestamp ? a : b;
}
