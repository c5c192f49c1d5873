import { fileURLToPath } from 'node:url';
import { compileWasm } from '#services/analyzer/detect/compile-wasm.ts';

/** Text is searched in pieces of this size. */
const pieceBytes = 128 * 1024;
const gramBytes = 3;
const buckets = 8;

/** Teddy in WebAssembly, compiled here; its candidates are looked up by their three bytes, and compared. */
export async function createTeddy(
  literals: readonly Uint8Array[],
): Promise<(bytes: Uint8Array, from: number, to: number) => number[]> {
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(await compileWasm(fileURLToPath(new URL('teddy.as.ts', import.meta.url)))),
  );
  const { memory, search, resumeAt, text: textGlobal } = exports;
  if (
    !(memory instanceof WebAssembly.Memory) ||
    !(resumeAt instanceof WebAssembly.Global) ||
    !(textGlobal instanceof WebAssembly.Global) ||
    !isSearch(search)
  )
    throw new Error('teddy.as.ts does not export what teddy.ts expects');
  memory.grow(8);
  const textAt = Number(textGlobal.value);
  const tables = new Uint8Array(memory.buffer);
  const candidates = new Uint32Array(memory.buffer, 96);

  const longest = Math.max(...literals.map(({ length }) => length));
  const chains = new Map<number, { literal: Uint8Array; start: number }[]>();
  const sets: Set<number>[][] = Array.from({ length: buckets }, () =>
    Array.from({ length: gramBytes }, () => new Set()),
  );
  for (const literal of literals) {
    const start = rarestGram(literal);
    const gram = literal.subarray(start, start + gramBytes);
    const key = keyOf(gram, 0);
    const chain = chains.get(key);
    if (chain === undefined) chains.set(key, [{ literal, start }]);
    else chain.push({ literal, start });
    // The bucket that grows least.
    const costs = sets.map((bucket) => size(bucket, gram) - size(bucket));
    const bucket = costs.indexOf(Math.min(...costs));
    for (const [index, byte] of gram.entries())
      for (const each of [byte, ...(byte >= 0x61 && byte <= 0x7a ? [byte & ~0x20] : [])]) {
        sets[bucket]?.[index]?.add(byte);
        tables[index * 32 + (each & 15)] = (tables[index * 32 + (each & 15)] ?? 0) | (1 << bucket);
        tables[index * 32 + 16 + (each >> 4)] = (tables[index * 32 + 16 + (each >> 4)] ?? 0) | (1 << bucket);
      }
  }

  return (bytes, from, to) => {
    const places: number[] = [];
    for (let piece = from; piece < to; piece += pieceBytes) {
      const end = Math.min(to, piece + pieceBytes);
      tables.set(bytes.subarray(piece, Math.min(to, end + longest)), textAt);
      for (let at = textAt; at < textAt + end - piece; ) {
        const count = search(at, textAt + end - piece);
        for (let index = 0; index < count; index += 1) {
          const place = (candidates[index] ?? 0) - textAt + piece;
          for (const { literal, start } of chains.get(keyOf(bytes, place)) ?? [])
            if (
              place - start >= from &&
              place - start + literal.length <= to &&
              isAt(literal, bytes, place - start)
            )
              places.push(place);
        }
        at = Number(resumeAt.value);
      }
    }
    return places;
  };
}

function keyOf(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | 0x20_20_20;
}

function isAt(literal: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < literal.length; index += 1) {
    const byte = bytes[start + index] ?? 0;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== literal[index]) return false;
  }
  return true;
}

/** What is in a set of bytes a place, with one more: how many texts it lets through. */
function size(bucket: readonly Set<number>[], gram?: Uint8Array): number {
  return bucket.reduce((product, set, index) => {
    const byte = gram?.[index];
    return product * (set.size + (byte === undefined || set.has(byte) ? 0 : 1));
  }, 1);
}

/** The gram with fewest letters that are frequent in English. */
function rarestGram(literal: Uint8Array): number {
  const frequent = Buffer.from(' etaoinshrdlu0123456789');
  let best = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (let start = 0; start + gramBytes <= literal.length; start += 1) {
    const count = literal.subarray(start, start + gramBytes).filter((byte) => frequent.includes(byte)).length;
    if (count < fewest) [best, fewest] = [start, count];
  }
  return best;
}

function isSearch(value: unknown): value is (at: number, end: number) => number {
  return typeof value === 'function';
}
