const quote = 0x22;
const backslash = 0x5c;

/**
 * True where a JSON text nests objects and arrays deeper than `limit`. Looks at the text and not at a value, so that nothing
 * recursive ever sees a hostile one; text that is not JSON gets some answer.
 */
export function isNestedDeeperThan(json: string, limit: number): boolean {
  // So few brackets, even if all of them are structure: the common case, at the speed of a byte search.
  return countUpTo(json, '{', limit) + countUpTo(json, '[', limit) > limit && depthExceeds(json, limit);
}

function countUpTo(text: string, character: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1 && count <= limit; at = text.indexOf(character, at + 1))
    count++;
  return count;
}

function depthExceeds(json: string, limit: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (isInString) {
      if (code === backslash) at++;
      else if (code === quote) isInString = false;
    } else if (code === quote) isInString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
