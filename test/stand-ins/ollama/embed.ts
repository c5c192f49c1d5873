import { createHash } from 'node:crypto';
import { type EmbedBody, Refusal } from './protocol.ts';
import { tokenize } from './tokens.ts';

/** What `/api/embed` answers. Texts with words in common have vectors that are alike. @throws Refusal */
export function embed(
  body: EmbedBody,
  { context, dimension, loadMs }: { context: number; dimension: number; loadMs: number },
) {
  const texts = typeof body.input === 'string' ? [body.input].filter((text) => text !== '') : body.input;
  let tokens = 0;
  const embeddings = texts.map((text) => {
    if (text === '') throw new Refusal(400, 'input cannot be an empty string');
    const all = tokenize(text);
    if (all.length > context && !body.truncate)
      throw new Refusal(400, 'the input length exceeds the context length');
    const kept = all.slice(0, context);
    tokens += kept.length;
    return vectorOf(kept.join(''), dimension);
  });
  return {
    model: body.model,
    embeddings,
    total_duration: 1_000_000,
    load_duration: Math.round(loadMs * 1e6),
    prompt_eval_count: tokens,
  };
}

/** Of unit length: each word, and each Chinese character, adds to places that its hash chooses. */
function vectorOf(text: string, dimension: number): number[] {
  const vector = Array<number>(dimension).fill(0);
  vector[0] = 0.1; // a text without a word has a vector too
  for (const [word] of text.toLowerCase().matchAll(/[a-z0-9]+|\p{Script=Han}/gu)) {
    const hash = createHash('sha256').update(word).digest();
    for (const index of [0, 4]) {
      const at = hash.readUInt32BE(index) % dimension;
      vector[at] = (vector[at] ?? 0) + 1;
    }
  }
  const length = Math.hypot(...vector);
  return vector.map((part) => part / length);
}
