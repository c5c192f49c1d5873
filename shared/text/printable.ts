/**
 * Characters that a terminal obeys instead of showing: C0 and C1 controls, and the format characters that reorder text or
 * hide in it (bidirectional overrides, zero-width; Unicode's Cf).
 */
const obeyed = /[\p{Cc}\p{Cf}]/gu;

/** The text with every such character written as `\x1b` or `\u{202e}`, so that hostile text can only be read. Tabs become spaces. */
export function printable(text: string): string {
  return text.replaceAll(obeyed, (character) => {
    if (character === '\t') return ' ';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
