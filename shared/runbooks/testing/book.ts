import type { Runbook } from '../port.ts';

/** A runbook with these sections: heading and text. */
export function book(
  name: string,
  title: string,
  sections: Readonly<Record<string, string>>,
  rest: Partial<Runbook> = {},
): Runbook {
  return {
    name,
    path: `/books/${name}.md`,
    title,
    services: [],
    rules: [],
    tags: [],
    severity: undefined,
    owner: undefined,
    updated: undefined,
    sections: Object.entries(sections).map(([heading, text], index) => ({
      heading,
      text,
      line: 10 * (index + 1),
    })),
    ...rest,
  };
}
