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
import { compileRule, type Language, type Rule } from './rule.ts';
import { RulePack } from './rule-pack.ts';

/** A mistake in a pack, with its place: `line` counts from 1. */
export interface PackMistake {
  readonly file: string;
  readonly line: number;
  /** Path of the field, as `rules[2].regex`; empty for the file itself. */
  readonly field: string;
  readonly message: string;
}

export interface PackReading {
  readonly rules: readonly Rule[];
  readonly mistakes: readonly PackMistake[];
}

type Path = readonly PropertyKey[];

/** Parses and compiles the text of one pack. Every mistake is reported, and nothing is thrown. */
export function readPack(text: string, file: string, language: Language): PackReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistakes: PackMistake[] = [];
  const add = (line: number, path: Path, message: string) =>
    mistakes.push({ file, line, field: fieldName(path), message });

  for (const error of document.errors) add(lines.linePos(error.pos[0]).line, [], error.message);
  if (mistakes.length > 0) return { rules: [], mistakes };
  const lineAt = (path: Path) => lines.linePos(offsetOf(document, path)).line;

  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // An alias without its anchor, as an unquoted `*text` is.
    const alias = firstAlias(document);
    const line = alias?.range ? lines.linePos(alias.range[0]).line : 1;
    add(line, [], `${messageOf(error)}; a text that begins with * or & has to be quoted`);
    return { rules: [], mistakes };
  }
  const parsed = RulePack.safeParse(data);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues.flatMap(flatten)) add(lineAt(path), path, message);
    return { rules: [], mistakes };
  }

  const rules: Rule[] = [];
  const seen = new Set<string>();
  for (const [index, source] of parsed.data.rules.entries()) {
    const path = ['rules', index];
    if (seen.has(source.id)) {
      add(lineAt([...path, 'id']), [...path, 'id'], `there is a rule ${source.id} already`);
      continue;
    }
    seen.add(source.id);
    const compiled = compileRule(source, parsed.data.pack, language);
    if ('rule' in compiled) rules.push(compiled.rule);
    else
      for (const mistake of compiled.mistakes)
        add(lineAt([...path, ...mistake.path]), [...path, ...mistake.path], mistake.message);
  }
  return { rules, mistakes };
}

/** A mistake as one line. */
export function mistakeText({ file, line, field, message }: PackMistake): string {
  return field === '' ? `${file}:${line}: ${message}` : `${file}:${line}: ${field}: ${message}`;
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
