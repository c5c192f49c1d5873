import type { ChatBody } from './protocol.ts';
import type { Reply } from './reply.ts';

/**
 * Answers any schema: the first word of each enum, one item in each array, a word in each string. It lets a whole
 * installation run against the stand-in without a script.
 */
export function sampleReply(delayMs = 0): (body: ChatBody) => Reply {
  return (body) => ({ kind: 'answer', answer: sample(body.format), delayMs });
}

function sample(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return 'ok';
  const of = new Map<string, unknown>(Object.entries(schema));
  const words = of.get('enum');
  if (Array.isArray(words)) return words[0];
  switch (of.get('type')) {
    case 'object':
      return Object.fromEntries(
        Object.entries(of.get('properties') ?? {}).map(([name, property]) => [name, sample(property)]),
      );
    case 'array':
      return of.get('maxItems') === 0 ? [] : [sample(of.get('items'))];
    case 'integer':
    case 'number':
      return of.get('minimum') ?? 0;
    case 'boolean':
      return false;
    default:
      return 'stand-in'.slice(0, Number(of.get('maxLength') ?? 100));
  }
}
