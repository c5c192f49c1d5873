import { createMask } from '#shared/text/masking/index.ts';

const mask = createMask();

/** Controls (but tab and newline), formats (zero width, direction), private use and unassigned: nothing a reader would see. */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu;

/**
 * Text from logs, made safe to stand in a prompt: secrets masked, and nothing left that can end a fence or be read as a
 * control token of a chat template (`<|im_end|>`, `</s>`, `[INST]`), for Ollama reads those in content too. Angle brackets
 * become ‹ and ›, so only our own fences have them.
 */
export function neutralise(text: string): string {
  return mask(text.toWellFormed())
    .replaceAll(invisible, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll(/\[(\/?)(INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]/gi, '($1$2)');
}

/** The same for what must stay on one line: names, titles. */
export function neutraliseLine(text: string, maxLength: number): string {
  return neutralise(text).replaceAll(/\s+/g, ' ').trim().slice(0, maxLength);
}

/** A fenced section. `text` must have been neutralised. */
export function fence(label: string, text: string): string {
  return `<<<${label}>>>\n${text}\n<<<END ${label}>>>`;
}
