import { readYaml, type YamlMistake } from '#shared/text/read-yaml.ts';
import { compileRule, type Language, type Rule } from './rule.ts';
import { RulePack } from './rule-pack.ts';

/** A mistake in a pack, with its place. */
export interface PackMistake extends YamlMistake {
  readonly file: string;
}

export interface PackReading {
  readonly rules: readonly Rule[];
  /** Where each of them begins: its id, and `file:line`. */
  readonly places: ReadonlyMap<string, string>;
  readonly mistakes: readonly PackMistake[];
}

/** Parses and compiles the text of one pack. Every mistake is reported, and nothing is thrown. */
export function readPack(text: string, file: string, language: Language): PackReading {
  const reading = readYaml(text, RulePack);
  if (!reading.ok)
    return {
      rules: [],
      places: new Map(),
      mistakes: reading.mistakes.map((mistake) => ({ file, ...mistake })),
    };

  const mistakes: PackMistake[] = [];
  const rules: Rule[] = [];
  const places = new Map<string, string>();
  const seen = new Set<string>();
  const add = (path: readonly PropertyKey[], message: string) =>
    mistakes.push({ file, ...reading.mistakeAt(path, message) });
  for (const [index, source] of reading.data.rules.entries()) {
    const path = ['rules', index];
    if (seen.has(source.id)) {
      add([...path, 'id'], `there is a rule ${source.id} already`);
      continue;
    }
    seen.add(source.id);
    places.set(source.id, `${file}:${reading.mistakeAt([...path, 'id'], '').line}`);
    const compiled = compileRule(source, reading.data, language);
    if ('rule' in compiled) rules.push(compiled.rule);
    else for (const mistake of compiled.mistakes) add([...path, ...mistake.path], mistake.message);
  }
  return { rules, places, mistakes };
}

/** A mistake as one line. */
export function mistakeText({ file, line, field, message }: PackMistake): string {
  return field === '' ? `${file}:${line}: ${message}` : `${file}:${line}: ${field}: ${message}`;
}
