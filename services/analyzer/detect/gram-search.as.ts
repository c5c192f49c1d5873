/**
 * AssemblyScript, not TypeScript: the inner loop of `gram-search.ts`, which writes the tables. `npm run gate:wasm` compiles it to
 * `gram-search.wasm`, which is committed; a test compiles it anew and compares.
 *
 * A gram is four bytes of a literal (three where the shortest literal has not enough). Each literal is represented by the grams
 * at `stride` neighbouring places of it, so that only every `stride`th place of the text has to be looked up: whichever
 * it is, one of them meets one of the grams. A look-up is one byte of `filter`, and at most places of ordinary text it is 0.
 */

/** Takes the case from ASCII letters; what else it makes alike is told apart by `isAt`. */
const lowerCase: u32 = 0x20202020;
/** Knuth's multiplicative hashing: 2^32 divided by the golden ratio. */
export const hashFactor: u32 = 2654435761;
export const filterBits: u32 = 17;
export const headBits: u32 = 12;

/** 1 where some gram has this hash. */
export const filter: usize = 0;
/** By the hash's upper bits: place of the first entry of a chain, 0 where there is none. */
export const heads: usize = filter + (1 << filterBits);
/** What each byte is compared as. */
export const folds: usize = heads + (1 << (headBits + 2));
/** What is free for the caller: the list of hits, the entries, the literals, the text. */
export const free: usize = folds + 256;

/** Where a search goes on that has stopped for want of room; at or behind its `end`, it is finished. */
export let resumeAt: usize = 0;

let stride: usize = 0;
let gramMask: u32 = 0;
let hits: usize = 0;
let room: usize = 0;

/**
 * @param ofGrams the stride
 * @param mask the bytes of a word that belong to a gram
 * @param list where hits are written: pairs of words, the place of a gram within a literal and the literal's number
 * @param most a search stops before a place when it has written so many; at one place more than this can be found
 */
export function configure(ofGrams: usize, mask: u32, list: usize, most: usize): void {
  stride = ofGrams;
  gramMask = mask;
  hits = list;
  room = most;
}

/**
 * Looks at every `stride`th place in [at, end) for literals that lie in [first, limit) as a whole. Three bytes behind the last
 * place must be readable.
 *
 * @returns how many hits were written, in the order of their places
 */
export function search(at: usize, end: usize, first: usize, limit: usize): usize {
  if (stride == 4) return walk(at, end, first, limit, 4, 0xffffffff);
  if (stride == 3) return walk(at, end, first, limit, 3, 0xffffffff);
  if (stride == 2) return walk(at, end, first, limit, 2, 0xffffffff);
  return walk(at, end, first, limit, 1, gramMask);
}

/** Inlined for each stride, so that the places are constants in the machine's loads. */
@inline
function walk(at: usize, end: usize, first: usize, limit: usize, one: usize, mask: u32): usize {
  let count: usize = 0;
  let place = at;
  while (place + 7 * one < end) {
    const marks =
      mark(place, mask) |
      mark(place + one, mask) |
      mark(place + 2 * one, mask) |
      mark(place + 3 * one, mask) |
      mark(place + 4 * one, mask) |
      mark(place + 5 * one, mask) |
      mark(place + 6 * one, mask) |
      mark(place + 7 * one, mask);
    if (marks != 0) {
      if (count >= room) {
        resumeAt = place;
        return count;
      }
      for (let index: usize = 0; index < 8; index += 1)
        count = look(place + index * one, first, limit, count);
    }
    place += 8 * one;
  }
  while (place < end) {
    if (count >= room) break;
    count = look(place, first, limit, count);
    place += one;
  }
  resumeAt = place;
  return count;
}

@inline
function gramAt(place: usize, mask: u32): u32 {
  return (load<u32>(place) | lowerCase) & mask;
}

@inline
function hash(gram: u32): u32 {
  return (gram * hashFactor) >> (32 - filterBits);
}

@inline
function mark(place: usize, mask: u32): u32 {
  return load<u8>(filter + hash(gramAt(place, mask)));
}

/** Adds the literals that have a gram at the place. */
function look(place: usize, first: usize, limit: usize, found: usize): usize {
  const gram = gramAt(place, gramMask);
  const hashed = hash(gram);
  if (load<u8>(filter + hashed) == 0) return found;
  let count = found;
  // Words of an entry: gram, next entry, bytes from the literal's start to the gram, its length, its text, its number.
  let entry: usize = load<u32>(heads + ((hashed >> (filterBits - headBits)) << 2));
  while (entry != 0) {
    if (load<u32>(entry) == gram && isAt(entry, place, first, limit)) {
      store<u32>(hits + (count << 3), <u32>place);
      store<u32>(hits + (count << 3), load<u32>(entry, 20), 4);
      count += 1;
    }
    entry = load<u32>(entry, 4);
  }
  return count;
}

function isAt(entry: usize, place: usize, first: usize, limit: usize): bool {
  const start = <isize>place - <isize>load<u32>(entry, 8);
  const length: usize = load<u32>(entry, 12);
  if (start < <isize>first || <usize>start + length > limit) return false;
  const text: usize = load<u32>(entry, 16);
  for (let index: usize = 0; index < length; index++)
    if (load<u8>(folds + load<u8>(<usize>start + index)) != load<u8>(text + index)) return false;
  return true;
}
