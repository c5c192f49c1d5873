import type { Exemplar } from '#shared/model/index.ts';
import { saysError } from '../detect/level.ts';
import { mask as maskVariables } from '../detect/mask.ts';
import type { SurroundingLine } from './context.ts';

/** A line that is not the incident's own, with how many like it followed. */
export interface AroundLine {
  readonly id: string;
  readonly timestamp: string | undefined;
  readonly host: string;
  readonly service: string | undefined;
  readonly text: string;
  /** Lines in a row that are alike but for what varies: this is the first of them. */
  readonly count: number;
  /** Time and text of the last of them. */
  readonly until: string | undefined;
  readonly lastText: string | undefined;
  readonly isError: boolean;
}

type Single = Omit<AroundLine, 'count' | 'until' | 'lastText' | 'isError'> & { readonly at: number };

/**
 * The lines before the exemplars and the stored lines, as one story, oldest first: what is in both is told once, with the store's
 * id, and so is a row of lines that are alike. The exemplars themselves are not among them.
 */
export function linesAround(
  exemplars: readonly Exemplar[],
  surroundings: readonly SurroundingLine[],
): AroundLine[] {
  const own = new Set(exemplars.map(({ id }) => id));
  const ownTexts = new Set(exemplars.map(({ host, text }) => `${host}\n${text.trim()}`));
  const stored = surroundings
    .filter(({ id }) => !own.has(id))
    .map((line) => ({ ...line, at: Date.parse(line.timestamp) }));
  const known = new Set([...ownTexts, ...stored.map(({ host, text }) => `${host}\n${text.trim()}`)]);
  const before = exemplars.flatMap(({ id, timestamp, host, before: texts }) =>
    texts.flatMap((text, index): Single[] => {
      const key = `${host}\n${text.trim()}`;
      if (text.trim() === '' || known.has(key)) return [];
      known.add(key);
      return [
        {
          id: `${id}#${index - texts.length}`,
          timestamp: undefined,
          host,
          service: undefined,
          text,
          at: Date.parse(timestamp),
        },
      ];
    }),
  );
  // The sort is stable: of one moment, what stood before an exemplar comes first, in its own order.
  return collapsed([...before, ...stored].sort((a, b) => a.at - b.at));
}

function collapsed(lines: readonly Single[]): AroundLine[] {
  const rows: (AroundLine & { readonly kind: string })[] = [];
  for (const { at: _, ...line } of lines) {
    const kind = `${line.host}\n${maskVariables(line.text)}`;
    const last = rows.at(-1);
    if (last?.kind === kind)
      rows[rows.length - 1] = {
        ...{ ...last, count: last.count + 1 },
        ...{ until: line.timestamp ?? last.until, lastText: line.text },
      };
    else
      rows.push({
        ...line,
        count: 1,
        until: undefined,
        lastText: undefined,
        isError: saysError(line.text),
        kind,
      });
  }
  return rows.map(({ kind: _, ...row }) => row);
}
