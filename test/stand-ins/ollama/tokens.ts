/**
 * Cuts text into tokens about as byte-level BPE vocabularies do: runs of four letters, single digits and marks, CJK
 * characters one by one, anything rarer byte by byte; a space goes with what follows it.
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (const [piece] of text.matchAll(/ ?[A-Za-z]{1,4}| ?[\s\S]/gu)) {
    const [character = ''] = piece.trim();
    const bytes = Buffer.byteLength(character);
    tokens.push(piece);
    const isCommon = bytes <= 1 || /\p{Script=Han}/u.test(character);
    // The further tokens of a rare character carry no text of their own here.
    if (!isCommon) for (let index = 1; index < bytes; index++) tokens.push('');
  }
  return tokens;
}

/** Tokens that a chat template adds around each message, and before the answer. */
const perMessage = 8;

/** What the server reports as `prompt_eval_count` for these messages. */
export function promptTokens(messages: readonly { role: string; content: string }[]): number {
  return messages.reduce((sum, message) => sum + perMessage + tokenize(message.content).length, perMessage);
}
