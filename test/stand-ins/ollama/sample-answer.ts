import type { ChatBody } from './protocol.ts';
import type { Reply } from './reply.ts';

/**
 * Answers any schema: one item in each array, a word in each string, and of the words of an enum the one that the prompt
 * gives as the severity, else the first. It lets a whole installation run against the stand-in without a script.
 */
export function sampleReply(delayMs = 0): (body: ChatBody) => Reply {
  return (body) => {
    const prompt = body.messages.at(-1)?.content ?? '';
    return { kind: 'answer', answer: sample(body.format, prompt), delayMs };
  };
}

function sample(schema: unknown, prompt: string): unknown {
  if (typeof schema !== 'object' || schema === null) return 'ok';
  const of = new Map<string, unknown>(Object.entries(schema));
  const words = of.get('enum');
  if (Array.isArray(words)) return words.find((word) => prompt.includes(`severity ${word}`)) ?? words[0];
  switch (of.get('type')) {
    case 'object':
      return Object.fromEntries(
        Object.entries(of.get('properties') ?? {}).map(([name, property]) => [
          name,
          sample(property, prompt),
        ]),
      );
    case 'array':
      return of.get('maxItems') === 0 ? [] : [sample(of.get('items'), prompt)];
    case 'integer':
    case 'number':
      return of.get('minimum') ?? 0;
    case 'boolean':
      return false;
    default:
      return 'stand-in'.slice(0, Number(of.get('maxLength') ?? 100));
  }
}
