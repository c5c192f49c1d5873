import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import type { Mistake, Path } from './mistake.ts';

/** A configuration file as it was read: its data, its mistakes of syntax, and where each path stands in it. */
export interface Source {
  readonly data: unknown;
  readonly mistakes: readonly Mistake[];
  /** `file:line:column` of the value at this path, or of the nearest thing around it that is there. */
  locate(path: Path): string;
}

/**
 * Reads one YAML file (JSON is YAML too).
 *
 * @throws LogpatrolError `invalid-config` where it cannot be read at all
 */
export function readSource(file: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LogpatrolError(
      'invalid-config',
      `cannot read the configuration file ${file}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  return parseSource(text, file);
}

/**
 * Reads YAML that stands in a file.
 *
 * @param options.firstLine of the file on which it begins, from 1
 * @param options.texts every value is taken as it is written, `00060` too
 */
export function parseSource(
  text: string,
  file: string,
  { firstLine = 1, texts = false }: { firstLine?: number; texts?: boolean } = {},
): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    stringKeys: true,
    schema: texts ? 'failsafe' : 'core',
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line + firstLine - 1}:${col}`;
  };
  const mistakes: Mistake[] = document.errors.map((error) => ({
    where: place(error.pos[0]),
    // yaml adds the place and an excerpt, which could hold a secret.
    message: (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''),
  }));
  let data: unknown;
  try {
    data = mistakes.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    mistakes.push({ where: file, message: messageOf(error) });
  }
  return { data: data ?? {}, mistakes, locate: (path) => place(offsetOf(document, path)) };
}

function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
