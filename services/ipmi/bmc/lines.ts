/** A BMC has at most 255 sensors a LUN; what says it has more is broken or hostile. */
const mostLines = 2048;
/** Longer than fifteen states in words. */
const longestLine = 1000;

/** The lines of a text that can mean something: the others are passed over, so that no answer costs more than a moment. */
export function linesOf(text: string): string[] {
  return text
    .split('\n', mostLines * 16)
    .filter((line) => line !== '' && line.length <= longestLine)
    .slice(0, mostLines);
}
