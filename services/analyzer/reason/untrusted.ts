/** Controls (but tab and newline), formats (zero width, direction), private use and unassigned: nothing a reader would see. */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;

/** Control tokens of chat templates that have no angle bracket. */
const bracketed =
  /\[(\/?)(INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|gMASK|sMASK|IMG)\]/gi;

/** Of one text so much is looked at, half of it from its end: a stack trace has its root cause there. In characters. */
const maxText = 400_000;

/**
 * Text from outside, made safe to stand in a prompt: what must not leave the process masked, and nothing left that can end a
 * fence or be read as a control token of a chat template (`<|im_end|>`, `</s>`, `[INST]`), for Ollama reads those in content
 * too. Angle brackets become ‹ and ›, so only our own fences have them.
 */
export function neutralise(text: string, mask: (text: string) => string): string {
  const bounded =
    text.length <= maxText ? text : `${text.slice(0, maxText / 2)}\n…\n${text.slice(-maxText / 2)}`;
  return mask(bounded.toWellFormed().replaceAll('\r\n', '\n'))
    .replaceAll(invisible, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll(bracketed, '($1$2)');
}

/** The same for what must stay on one line: names, titles. */
export function neutraliseLine(text: string, maxLength: number, mask: (text: string) => string): string {
  // Masked before it is cut, lest half a secret is known for none.
  const line = neutralise(text.slice(0, 8 * maxLength), mask)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** A fenced section. `text` must have been neutralised. */
export function fence(label: string, text: string): string {
  return `<<<${label}>>>\n${text}\n<<<END ${label}>>>`;
}
