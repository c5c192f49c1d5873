import type { Severity } from '#shared/model/index.ts';
import { compareSeverity } from '#shared/model/index.ts';
import { compileLinearRegex, type LinearRegex, type RegexRefusal } from './linear-regex.ts';
import { better, keywordLiterals, requiredLiterals } from './required-literals.ts';
import type { RuleSource } from './rule-pack.ts';

/** Language of the texts that a rule gives to findings: as `config.language` has it. */
export type Language = 'zh-CN' | 'en';

/** A rule ready to run. */
export interface Rule {
  readonly id: string;
  readonly pack: string;
  readonly title: string;
  readonly why: string;
  readonly source: string;
  readonly severity: Severity;
  readonly pinned: boolean;
  readonly runbook: string | undefined;
  /** Captures that make the fingerprint; `undefined`: the masked line does. */
  readonly correlateBy: readonly string[] | undefined;
  /** Every line that the rule matches contains one of these (`gateLiteral`); `undefined`: nothing is known of its lines. */
  readonly literals: readonly string[] | undefined;
  /** Whether it looks at lines of this type at all. */
  takesType(type: string): boolean;
  takesService(service: string): boolean;
  /** The captures (none: an empty object) where the text matches and is no exception, else `undefined`. */
  match(text: string): Readonly<Record<string, string>> | undefined;
  readonly examples: RuleSource['examples'];
}

/** What is wrong with a rule: the path of the field within it, and what to do. */
export interface RuleMistake {
  readonly path: readonly string[];
  readonly message: string;
}

const noCaptures: Readonly<Record<string, string>> = {};
/** Captured values go into findings and cards. In characters. */
const maxCapture = 256;

/** Compiles a rule, or says everything that is wrong with it. */
export function compileRule(
  source: RuleSource,
  pack: string,
  language: Language,
): { readonly rule: Rule } | { readonly mistakes: readonly RuleMistake[] } {
  const mistakes: RuleMistake[] = [];
  const caseSensitive = source['case-sensitive'] ?? false;
  const compile = (regex: string | undefined, path: readonly string[]): LinearRegex | undefined => {
    if (regex === undefined) return undefined;
    const compiled = compileLinearRegex(regex, { caseSensitive });
    if (!isRefusal(compiled)) return compiled;
    mistakes.push({ path, message: refusalText(compiled) });
    return undefined;
  };

  const regex = compile(source.regex, ['regex']);
  const exceptRegex = compile(source.except?.regex, ['except', 'regex']);
  const keywords = keywordMatcher(source.keywords, caseSensitive);
  const exceptKeywords = keywordMatcher(source.except?.keywords, caseSensitive);
  const correlateBy = source['correlate-by'];

  if (!source.id.startsWith(`${pack}.`))
    mistakes.push({ path: ['id'], message: `begin it with "${pack}.", the name of its pack` });
  if (source.keywords === undefined && source.regex === undefined)
    mistakes.push({ path: [], message: `${source.id}: give keywords, a regex or both` });
  if (source.regex === undefined || regex !== undefined)
    for (const name of correlateBy ?? [])
      if (!(regex?.groups ?? []).includes(name))
        mistakes.push({ path: ['correlate-by'], message: `the regex has no group (?<${name}>…)` });
  if (mistakes.length > 0) return { mistakes };

  const isException = (text: string) => exceptKeywords?.(text) === true || exceptRegex?.test(text) === true;
  const rule: Rule = {
    id: source.id,
    pack,
    title: inLanguage(source.title, language),
    why: inLanguage(source.why, language),
    source: source.source,
    severity: source.severity,
    pinned: source.pinned ?? false,
    runbook: source.runbook,
    correlateBy,
    literals: better(
      source.keywords === undefined ? undefined : keywordLiterals(source.keywords),
      regex === undefined ? undefined : requiredLiterals(regex.pattern),
    ),
    takesType: (type) => source.where?.types?.includes(type) ?? true,
    takesService: (service) => source.where?.services?.includes(service) ?? true,
    match(text) {
      if (keywords !== undefined && !keywords(text)) return undefined;
      if (regex !== undefined && !regex.test(text)) return undefined;
      if (isException(text)) return undefined;
      if (regex === undefined || regex.groups.length === 0) return noCaptures;
      return bounded(regex.captures(text) ?? noCaptures);
    },
    examples: source.examples,
  };
  return { rule };
}

/**
 * The order in which rules are tried, so that the first that matches is the one that speaks for a line: the more severe, then the
 * more specific (its shortest required literal is longer), then by id.
 */
export function compareRules(a: Rule, b: Rule): number {
  return compareSeverity(b.severity, a.severity) || specificity(b) - specificity(a) || (a.id < b.id ? -1 : 1);
}

function specificity(rule: Rule): number {
  return rule.literals === undefined ? 0 : Math.min(...rule.literals.map((literal) => literal.length));
}

function isRefusal(compiled: LinearRegex | RegexRefusal): compiled is RegexRefusal {
  return 'reason' in compiled;
}

function refusalText(refusal: RegexRefusal): string {
  return refusal.index === undefined
    ? refusal.reason
    : `${refusal.reason} (at character ${refusal.index + 1})`;
}

/**
 * One alternation of literals: V8 runs it in linear time. Without the `u` flag its case folding never takes a letter beyond
 * ASCII for an ASCII one, on which the gate relies.
 */
function keywordMatcher(
  keywords: readonly string[] | undefined,
  caseSensitive: boolean,
): ((text: string) => boolean) | undefined {
  if (keywords === undefined) return undefined;
  const alternation = new RegExp(keywords.map(escapeRegex).join('|'), caseSensitive ? '' : 'i');
  return (text) => alternation.test(text);
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function inLanguage(text: RuleSource['title'], language: Language): string {
  if (typeof text === 'string') return text;
  return language === 'en' ? text.en : text.zh;
}

function bounded(captures: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(captures).map(([name, value]) => [name, value.slice(0, maxCapture)]),
  );
}
