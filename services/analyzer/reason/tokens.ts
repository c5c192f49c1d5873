/**
 * How many tokens a text can be, never too few for the vocabularies in use: words of natural text have four letters a token
 * and more, but logs are full of identifiers and hexadecimal, at two or so; some vocabularies have one digit a token; marks
 * are tokens of their own; Chinese has about one token a character; anything rarer is spelt in UTF-8 bytes.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const character of text) tokens += cost(character);
  return Math.ceil(tokens);
}

/** The beginning of a text that is at most so many tokens. */
export function cutToTokens(text: string, budget: number): string {
  let tokens = 0;
  let length = 0;
  for (const character of text) {
    tokens += cost(character);
    if (tokens > budget) return text.slice(0, length);
    length += character.length;
  }
  return text;
}

function cost(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  if (isLetter || code === 32) return 0.5;
  if (code < 0x80) return 1;
  if (code >= 0x4e00 && code <= 0x9fff) return 1.5;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}
