/**
 * One alternation, run by V8 over latin1 strings, so that a character is a byte. Its `i` flag would fold bytes beyond ASCII too (0xe9 and
 * 0xc9 are é and É in latin1, and pieces of Chinese in UTF-8), so it is switched off for these.
 */
export function createRegex(
  literals: readonly Buffer[],
): (bytes: Buffer, from: number, to: number) => number[] {
  const alternation = new RegExp(
    literals.map((literal) => pattern(literal.toString('latin1'))).join('|'),
    'gi',
  );
  return (bytes, from, to) => {
    const text = bytes.toString('latin1', from, to);
    const places: number[] = [];
    alternation.lastIndex = 0;
    for (let match = alternation.exec(text); match !== null; match = alternation.exec(text)) {
      places.push(from + match.index);
      // The rest of the line says nothing new.
      const end = text.indexOf('\n', match.index);
      if (end === -1) break;
      alternation.lastIndex = end;
    }
    return places;
  };
}

function pattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/[\x80-\xff]+/g, (bytes) => `(?-i:${bytes})`);
}
