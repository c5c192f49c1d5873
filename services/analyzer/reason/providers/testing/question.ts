/** A question as small as they come, and an answer that its schema allows. */
export const schema = {
  type: 'object',
  properties: { why: { type: 'string', maxLength: 40 } },
  required: ['why'],
  additionalProperties: false,
};
export const request = { system: 'Be brief.', prompt: 'Why?', schema, maxOutputTokens: 100 };
export const answer = { kind: 'answer', answer: { why: 'because' } } as const;
export const forever = new AbortController().signal;
