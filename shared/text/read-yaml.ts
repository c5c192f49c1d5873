import {
  type Alias,
  type Document,
  isCollection,
  isPair,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { messageOf } from '#shared/errors/index.ts';

type Path = readonly PropertyKey[];

/** A mistake in a YAML text, with its place: `line` counts from 1. */
export interface YamlMistake {
  readonly line: number;
  /** Path of the field, as `rules[2].regex`; empty for the text itself. */
  readonly field: string;
  readonly message: string;
}

export type YamlReading<Data> =
  | {
      readonly ok: true;
      readonly data: Data;
      /** A mistake that only shows once everything has been read. */
      mistakeAt(path: Path, message: string): YamlMistake;
    }
  | { readonly ok: false; readonly mistakes: readonly YamlMistake[] };

/** Reads a YAML text that has to fit a schema. Every mistake is reported with its line, and nothing is thrown. */
export function readYaml<Data>(text: string, schema: z.ZodType<Data>): YamlReading<Data> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (line: number, path: Path, message: string): YamlMistake => ({
    line,
    field: fieldName(path),
    message,
  });
  if (document.errors.length > 0)
    return {
      ok: false,
      mistakes: document.errors.map((error) => at(lines.linePos(error.pos[0]).line, [], error.message)),
    };
  const mistakeAt = (path: Path, message: string) =>
    at(lines.linePos(offsetOf(document, path)).line, path, message);

  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // An alias without its anchor, as an unquoted `*text` is.
    const alias = firstAlias(document);
    const line = alias?.range ? lines.linePos(alias.range[0]).line : 1;
    const message = `${messageOf(error)}; a text that begins with * or & has to be quoted`;
    return { ok: false, mistakes: [at(line, [], message)] };
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, data: parsed.data, mistakeAt };
  return {
    ok: false,
    mistakes: parsed.error.issues.flatMap(flatten).map(({ path, message }) => mistakeAt(path, message)),
  };
}

/** One issue for each key that is not known, at that key. */
function flatten(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ path: issue.path, message: issue.message.replace(/^Invalid input: /, '') }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'there is no such field' }));
}

/** The first alias whose anchor is not there. */
function firstAlias(document: Document.Parsed): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** Where the value at `path` stands, or the nearest that is there of what it would stand in. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: Node | null = document.contents;
  let offset = 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    const pair = node.items.find((item) => isPair(item) && keyOf(item.key) === step);
    if (isPair(pair)) offset = rangeStart(pair.key) ?? offset;
    const child: unknown = node.get(typeof step === 'symbol' ? '' : step, true);
    if (!isYamlNode(child)) break;
    if (!isPair(pair)) offset = child.range?.[0] ?? offset;
    node = child;
  }
  return offset;
}

function keyOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function rangeStart(node: unknown): number | undefined {
  return isYamlNode(node) ? node.range?.[0] : undefined;
}

function isYamlNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function fieldName(path: Path): string {
  return path.reduce<string>(
    (name, step) =>
      typeof step === 'number' ? `${name}[${step}]` : name === '' ? String(step) : `${name}.${String(step)}`,
    '',
  );
}
