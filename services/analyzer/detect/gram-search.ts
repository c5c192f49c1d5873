import { readFileSync } from 'node:fs';
import { rarestStart } from './rarest-start.ts';

/** A search in WebAssembly for a set of literals, and what of its memory is of use. */
export interface GramSearch {
  /** Where the text to be searched is put. */
  readonly text: Uint8Array;
  /** The place of its first byte, as places are counted in `hits`, `run` and `resumeAt`. */
  readonly textAt: number;
  /** Pairs: a place within a literal, and the literal's number. */
  readonly hits: Uint32Array;
  /**
   * Looks from place `at` to `end` for literals that lie in [first, limit) as a whole.
   *
   * @returns how many hits were written, in the order of their places
   */
  run(at: number, end: number, first: number, limit: number): number;
  /** Where the last run was interrupted for want of room in `hits`; at or behind its `end`, it was not. */
  resumeAt(): number;
}

/** A longer gram is rarer, and read with one load. In bytes. */
const longestGram = 4;
/** The more grams stand for a literal, the fuller the filter. */
const longestStride = 4;
/** Hits after which a run is interrupted. */
const room = 1024;

const pageBytes = 64 * 1024;
/** As `gram-search.as.ts` has them. */
const hitBytes = 8;
const entryBytes = 24;
const caseBit = 0x20;

const module = new WebAssembly.Module(readFileSync(new URL('./gram-search.wasm', import.meta.url)));

/**
 * @param literals not empty, none shorter than three bytes, ASCII letters in lower case, all different
 * @param textBytes how much text is searched at once
 * @throws RangeError where the literals do not fit WebAssembly's memory: tens of thousands do
 */
export function createGramSearch(literals: readonly Uint8Array[], textBytes: number): GramSearch {
  const wasm = instantiate();
  const shortest = Math.min(...literals.map((literal) => literal.length));
  const gramBytes = Math.min(longestGram, shortest);
  const stride = Math.min(longestStride, shortest - gramBytes + 1);
  const mask = gramBytes === longestGram ? 0xffff_ffff : (1 << (8 * gramBytes)) - 1;

  const entries = literals.flatMap((literal, number) => {
    const start = rarestStart(literal, gramBytes, stride);
    return Array.from({ length: stride }, (_, index) => ({
      gram: gramAt(literal, start + index, gramBytes),
      lead: start + index,
      number,
    }));
  });
  // So many can be found at one place, and a run stops only before eight that it looks at together.
  const byGram = Map.groupBy(entries, ({ gram }) => gram);
  const together = 8 * Math.max(...[...byGram.values()].map((equal) => equal.length));

  let top = wasm.free;
  const take = (bytes: number): number => {
    const at = top;
    top = (top + bytes + 7) & ~7;
    return at;
  };
  const hitsAt = take((room + together) * hitBytes);
  const entriesAt = take(entries.length * entryBytes);
  const literalsAt = literals.map((literal) => take(literal.length));
  const textAt = take(textBytes + longestGram);
  wasm.memory.grow(Math.ceil(top / pageBytes) - wasm.memory.buffer.byteLength / pageBytes);
  wasm.configure(stride, mask, hitsAt, room);

  const bytes = new Uint8Array(wasm.memory.buffer);
  const words = new Uint32Array(wasm.memory.buffer);
  for (let byte = 0; byte < 256; byte += 1)
    bytes[wasm.folds + byte] = byte >= 0x41 && byte <= 0x5a ? byte | caseBit : byte;
  for (const [number, literal] of literals.entries()) bytes.set(literal, literalsAt[number]);
  for (const [index, { gram, lead, number }] of entries.entries()) {
    const at = entriesAt + index * entryBytes;
    const hash = Math.imul(gram, wasm.hashFactor) >>> (32 - wasm.filterBits);
    const head = wasm.heads / 4 + (hash >>> (wasm.filterBits - wasm.headBits));
    const { length } = literals[number] ?? { length: 0 };
    words.set([gram, words[head] ?? 0, lead, length, literalsAt[number] ?? 0, number], at / 4);
    words[head] = at;
    bytes[wasm.filter + hash] = 1;
  }

  return {
    text: bytes.subarray(textAt, textAt + textBytes),
    hits: words.subarray(hitsAt / 4, textAt / 4),
    textAt,
    run: wasm.search,
    resumeAt: wasm.resumeAt,
  };
}

/** Little-endian, and in lower case as WebAssembly has it: crude, but the same on both sides. */
function gramAt(literal: Uint8Array, start: number, length: number): number {
  let gram = 0;
  for (let index = 0; index < length; index += 1)
    gram |= ((literal[start + index] ?? 0) | caseBit) << (8 * index);
  return gram >>> 0;
}

type Call = (a: number, b: number, c: number, d: number) => number;

function instantiate() {
  const { exports } = new WebAssembly.Instance(module);
  const global = (name: string): WebAssembly.Global => {
    const value = exports[name];
    if (!(value instanceof WebAssembly.Global)) throw new Error(`gram-search.wasm has no ${name}`);
    return value;
  };
  const number = (name: string): number => Number(global(name).value);
  const { memory, search, configure } = exports;
  if (!(memory instanceof WebAssembly.Memory) || !isCall(search) || !isCall(configure))
    throw new Error('gram-search.wasm is not what gram-search.ts expects');
  const resumeAt = global('resumeAt');
  return {
    memory,
    search,
    configure,
    resumeAt: () => Number(resumeAt.value),
    hashFactor: number('hashFactor'),
    filterBits: number('filterBits'),
    headBits: number('headBits'),
    filter: number('filter'),
    heads: number('heads'),
    folds: number('folds'),
    free: number('free'),
  };
}

function isCall(value: unknown): value is Call {
  return typeof value === 'function';
}
