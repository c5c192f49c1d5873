import { createGramSearch } from './gram-search.ts';

/**
 * Finds hundreds of literals at once in raw bytes, in any ASCII case: at every second to fourth place of the text a hashed gram is
 * looked up, in WebAssembly. See docs/decisions/0005-gate.md.
 */
export interface Gate {
  /** A place within the first literal found that lies in `bytes[from, to)` as a whole, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number;
  /** A place within each literal that lies in `bytes[from, to)` as a whole, in ascending order. */
  places(bytes: Uint8Array, from: number, to: number): number[];
  /** Adds the tags of every literal in `bytes[from, to)` to `into`. */
  collect(bytes: Uint8Array, from: number, to: number, into: Set<number>): void;
}

/** One literal and what it stands for. */
export interface GateEntry {
  readonly literal: Uint8Array;
  readonly tags: readonly number[];
}

/** A shorter literal would be found in almost every line. In bytes. */
export const minLiteralBytes = 3;

/** The text is copied to WebAssembly in pieces that fit, with the tables, a processor's second cache. */
const pieceBytes = 128 * 1024;

const caseBit = 0x20;

const empty: Gate = { find: () => -1, places: () => [], collect: () => {} };

/** @throws RangeError where a literal is shorter than `minLiteralBytes`: whoever derives literals has to see to that */
export function createGate(entries: readonly GateEntry[]): Gate {
  if (entries.length === 0) return empty;
  const merged = mergeEqual(entries);
  const lengths = merged.map(({ literal }) => literal.length);
  if (Math.min(...lengths) < minLiteralBytes)
    throw new RangeError(`a literal is shorter than ${minLiteralBytes} bytes`);
  const longest = Math.max(...lengths);
  const search = createGramSearch(
    merged.map(({ literal }) => literal),
    longest + pieceBytes + longest,
  );

  /** Goes from hit to hit until `take` says that it has enough. */
  function walk(
    bytes: Uint8Array,
    from: number,
    to: number,
    take: (place: number, literal: number) => boolean,
  ): void {
    const end = Math.min(to, bytes.length);
    for (let start = from; start < end; start += pieceBytes) {
      const pieceEnd = Math.min(end, start + pieceBytes);
      // A literal may begin before the piece and end behind it.
      const first = Math.max(from, start - longest);
      const limit = Math.min(end, pieceEnd + longest);
      search.text.set(bytes.subarray(first, limit));
      const offset = search.textAt - first;
      for (let at = start; at < pieceEnd; at = search.resumeAt() - offset) {
        const count = search.run(at + offset, pieceEnd + offset, search.textAt, limit + offset);
        for (let index = 0; index < 2 * count; index += 2)
          if (take((search.hits[index] ?? 0) - offset, search.hits[index + 1] ?? 0)) return;
      }
    }
  }

  return {
    find(bytes, from, to) {
      let found = -1;
      walk(bytes, from, to, (place) => {
        found = place;
        return true;
      });
      return found;
    },

    places(bytes, from, to) {
      const places: number[] = [];
      walk(bytes, from, to, (place) => {
        places.push(place);
        return false;
      });
      return places;
    },

    collect(bytes, from, to, into) {
      walk(bytes, from, to, (_, literal) => {
        for (const tag of merged[literal]?.tags ?? []) into.add(tag);
        return false;
      });
    },
  };
}

function mergeEqual(entries: readonly GateEntry[]): GateEntry[] {
  const byText = new Map<string, { literal: Uint8Array; tags: Set<number> }>();
  for (const { literal, tags } of entries) {
    const folded = literal.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte | caseBit : byte));
    const key = Buffer.from(folded).toString('latin1');
    const known = byText.get(key);
    if (known === undefined) byText.set(key, { literal: folded, tags: new Set(tags) });
    else for (const tag of tags) known.tags.add(tag);
  }
  return [...byText.values()].map(({ literal, tags }) => ({ literal, tags: [...tags] }));
}
