/** Where the thinking of a reasoning model ends that writes it into the content, its beginning often missing. */
const thinkingEnd = /<\/(?:think|thinking|thought|reasoning)>|◁\/think▷|<\|message\|>/gi;
const thinkingBegin = /<(?:think|thinking|thought|reasoning)>|◁think▷/i;
const fenced = /```[a-z]{0,10}\s*\n?([\s\S]*?)```/i;

/**
 * The JSON object in a model's answer: bare, after its thinking, in a Markdown fence, or with words around it. Undefined where
 * there is none, or only one inside of thinking that never ended.
 */
export function jsonObjectIn(text: string): Record<string, unknown> | undefined {
  // As it is first: within an object what looks like a mark is text.
  const whole = parseObject(text);
  if (whole !== undefined) return whole;
  const said = afterThinking(text);
  if (said === undefined) return undefined;
  const inFence = fenced.exec(said)?.[1];
  return (
    parseObject(said) ??
    (inFence === undefined ? undefined : parseObject(inFence)) ??
    parseObject(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1))
  );
}

function afterThinking(text: string): string | undefined {
  const end = [...text.matchAll(thinkingEnd)].at(-1);
  const said = end === undefined ? text : text.slice(end.index + end[0].length);
  return thinkingBegin.test(said) ? undefined : said;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // Not JSON: another reading of the text may be.
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
