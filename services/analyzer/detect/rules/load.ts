import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { mistakeText, type PackMistake, readPack } from './read-pack.ts';
import { compareRules, endingsIn, type Language, type Rule } from './rule.ts';

/** Folder of the packs that come with logpatrol. */
export const shippedRules = fileURLToPath(new URL('../../../../rules', import.meta.url));

/** Which rules to load: as `config.rules` has it, and the language of their texts. */
export interface RuleSelection {
  /** Files, and folders whose `*.yaml` and `*.yml` are packs. */
  readonly paths: readonly string[];
  readonly shipped: boolean;
  readonly language: Language;
}

/** Rules in the order in which they are tried. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly packs: readonly string[];
  /** One line for each rule that is sound but costs: it switches the gate off. */
  readonly warnings: readonly string[];
}

/** Everything wrong with these packs, and the rules that are sound. */
export interface RuleReview extends RuleSet {
  readonly mistakes: readonly PackMistake[];
  /** Where each rule begins: its id, and `file:line`. */
  readonly places: ReadonlyMap<string, string>;
}

/**
 * Loads rule packs.
 *
 * @throws LogpatrolError `invalid-config` listing every mistake of every pack with file, line and field;
 * `unreadable-input` where a path cannot be read
 */
export async function loadRules(selection: RuleSelection): Promise<RuleSet> {
  const { mistakes, places: _ofMistakes, ...set } = await reviewRules(selection);
  if (mistakes.length > 0)
    throw new LogpatrolError(
      'invalid-config',
      `rule packs have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes
        .map((mistake) => `  ${mistakeText(mistake)}`)
        .join('\n')}`,
    );
  return set;
}

/**
 * Reads packs and reports mistakes as values: what `logpatrol rules lint` shows.
 *
 * @throws LogpatrolError `unreadable-input` where a path cannot be read
 */
export async function reviewRules(selection: RuleSelection): Promise<RuleReview> {
  const files: string[] = [];
  for (const path of selection.shipped ? [shippedRules, ...selection.paths] : selection.paths)
    files.push(...(await packFiles(path)));

  const mistakes: PackMistake[] = [];
  const rules = new Map<string, Rule>();
  const places = new Map<string, string>();
  for (const file of files) {
    const reading = readPack(await read(file), file, selection.language);
    mistakes.push(...reading.mistakes);
    for (const [id, place] of reading.places) places.set(id, place);
    for (const rule of reading.rules) {
      if (rules.has(rule.id))
        mistakes.push({ file, line: 1, field: rule.id, message: 'another pack has a rule of this id' });
      else rules.set(rule.id, rule);
    }
  }
  const ordered = [...rules.values()].sort(compareRules);
  return {
    rules: ordered,
    packs: [...new Set(ordered.map((rule) => rule.pack))].sort(),
    warnings: ordered.flatMap(ungatedParts),
    mistakes,
    places,
  };
}

/** One line for each part of a rule that leaves the gate nothing to look for. */
function ungatedParts(rule: Rule): string[] {
  const cost = 'every line of its log types is decoded for it. Add keywords';
  const parts = [
    ...(rule.literals === undefined ? [`${rule.id}: no text of three letters that each of its lines`] : []),
    ...rule.endings
      .filter(({ pattern }) => pattern.literals === undefined)
      .map(({ purpose }) => `${rule.id}: no text of three letters that each line of its ${purpose}`),
  ];
  return parts.map((part) => `${part} has to contain; ${cost}`);
}

/** Examples of a rule that it gets wrong, one line each. */
export function failedExamples(rule: Rule): string[] {
  return [
    ...rule.examples.match
      .filter((line) => rule.match(line) === undefined)
      .map((line) => `${rule.id}: does not match its example: ${line}`),
    ...rule.examples['no-match']
      .filter((line) => rule.match(line) !== undefined)
      .map((line) => `${rule.id}: matches what it must not: ${line}`),
    ...(rule.examples.clears ?? [])
      .filter((line) => endingsIn(rule, line).length === 0)
      .map((line) => `${rule.id}: neither resolved-by nor unless matches its example: ${line}`),
    ...rule.endings
      .filter(
        (ending) => !(rule.examples.clears ?? []).some((line) => endingsIn(rule, line).includes(ending)),
      )
      .map(({ purpose }) => `${rule.id}: no example in clears matches its ${purpose}`),
  ];
}

async function packFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(path: string, error: unknown): LogpatrolError {
  return new LogpatrolError('unreadable-input', `cannot read rules at ${path}: ${messageOf(error)}`, {
    cause: error,
  });
}
