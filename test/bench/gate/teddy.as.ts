/**
 * AssemblyScript: Teddy, the SIMD filter of Hyperscan and of Rust's aho-corasick. Each literal stands in one of eight buckets with
 * three of its bytes. A place may start a bucket's literal where both nibbles of each of the three bytes occur there in it:
 * sixteen places are tested by six table look-ups. The caller puts the tables at `masks`, and looks at the candidates himself.
 */

/** Low and high nibble of the first, the second and the third byte: 16 bytes each, one bit a bucket. */
export const masks: usize = 0;
export const candidates: usize = 96;
export const most: usize = 4096;
export const text: usize = candidates + 4 * most;

export let resumeAt: usize = 0;

/** Writes the candidates in [at, end), and says how many; 18 bytes behind `end` must be readable. */
export function search(at: usize, end: usize): usize {
  const low0 = v128.load(masks);
  const high0 = v128.load(masks, 16);
  const low1 = v128.load(masks, 32);
  const high1 = v128.load(masks, 48);
  const low2 = v128.load(masks, 64);
  const high2 = v128.load(masks, 80);
  const zero = i8x16.splat(0);
  let count: usize = 0;
  let place = at;
  while (place < end) {
    const found = v128.and(
      v128.and(both(v128.load(place), low0, high0), both(v128.load(place, 1), low1, high1)),
      both(v128.load(place, 2), low2, high2),
    );
    if (v128.any_true(found)) {
      if (count + 16 > most) break;
      let bits: u32 = ~i8x16.bitmask(i8x16.eq(found, zero)) & 0xffff;
      while (bits != 0) {
        store<u32>(candidates + (count << 2), <u32>place + ctz(bits));
        bits &= bits - 1;
        count += 1;
      }
    }
    place += 16;
  }
  resumeAt = place;
  return count;
}

/** The buckets in which both nibbles of each byte occur. */
@inline
function both(bytes: v128, low: v128, high: v128): v128 {
  return v128.and(
    i8x16.swizzle(low, v128.and(bytes, i8x16.splat(0x0f))),
    i8x16.swizzle(high, i8x16.shr_u(bytes, 4)),
  );
}
