/** How well templates fit the truth, each a share of all lines, 0 to 1. */
export interface Accuracy {
  /** Lines whose group is exactly one of the truth's groups: no line of that too many, none missing. */
  readonly grouping: number;
  /** Lines whose template is the truth's, both normalised. */
  readonly parsing: number;
}

/**
 * Grouping and parsing accuracy, as Zhu et al., "Tools and Benchmarks for Automated Log Parsing", ICSE-SEIP 2019, and Dai et al.,
 * "Logram", TSE 2020, define them.
 *
 * @param parsed the template of each line
 * @param truth each line's event and template, in the same order
 */
export function accuracy(
  parsed: readonly string[],
  truth: readonly { readonly event: string; readonly template: string }[],
): Accuracy {
  const groups = Map.groupBy(parsed.keys(), (line) => parsed[line]);
  const eventSizes = new Map<string, number>();
  for (const { event } of truth) eventSizes.set(event, (eventSizes.get(event) ?? 0) + 1);
  let grouped = 0;
  for (const lines of groups.values()) {
    const events = new Set(lines.map((line) => truth[line]?.event));
    const [event] = events;
    if (events.size === 1 && event !== undefined && eventSizes.get(event) === lines.length)
      grouped += lines.length;
  }
  const right = truth.filter(({ template }, line) => normalised(template) === normalised(parsed[line] ?? ''));
  return { grouping: grouped / truth.length, parsing: right.length / truth.length };
}

/** White space is one blank; variables with nothing but separators between them, as in `<*>:<*>`, are one. */
export function normalised(template: string): string {
  return template
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/<\*>(?:[.,:/@#|_-]*<\*>)+/g, '<*>');
}
