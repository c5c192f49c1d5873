import type { Clear, Quota, Severity, Threshold } from '#shared/model/index.ts';
import { compareSeverity } from '#shared/model/index.ts';
import { compilePattern, type Pattern, type PatternSource } from './pattern.ts';
import { durationText, quotaText, readDuration, readQuota, readThreshold, thresholdText } from './quota.ts';
import type { RulePack, RuleSource } from './rule-pack.ts';

/** Language of the texts that a rule gives to findings: as `config.language` has it. */
export type Language = 'zh-CN' | 'en';

/** A line that ends what a rule began. */
export interface Ending {
  readonly purpose: Clear['purpose'];
  /** As a rule's; its captures are among those of the rule's `correlateBy`. */
  readonly pattern: Pattern;
}

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
  /** Its own and those of its pack; undefined where there are none. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Captures that make the fingerprint; `undefined`: the masked line does. */
  readonly correlateBy: readonly string[] | undefined;
  /** Where there is one, the rule counts lines beside the rule that speaks for them. */
  readonly threshold: Threshold | undefined;
  readonly atMost: Quota | undefined;
  /** Of its `unless`, in milliseconds. */
  readonly unlessWithinMs: number | undefined;
  /** None, or `resolved-by`, `unless`, or both. */
  readonly endings: readonly Ending[];
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

/** Compiles a rule, or says everything that is wrong with it. */
export function compileRule(
  source: RuleSource,
  { pack, labels: packLabels }: Pick<RulePack, 'pack' | 'labels'>,
  language: Language,
): { readonly rule: Rule } | { readonly mistakes: readonly RuleMistake[] } {
  const mistakes: RuleMistake[] = [];
  const caseSensitive = source['case-sensitive'] ?? false;
  const compile = (part: PatternSource | undefined, path: readonly string[]): Pattern | undefined => {
    if (part === undefined || (part.keywords === undefined && part.regex === undefined)) return undefined;
    const compiled = compilePattern(part, { caseSensitive });
    if (!('refused' in compiled)) return compiled;
    mistakes.push({ path: [...path, 'regex'], message: compiled.refused });
    return undefined;
  };

  const pattern = compile(source, []);
  const exceptKeywords = compile({ keywords: source.except?.keywords }, ['except']);
  const exceptRegex = compile({ regex: source.except?.regex }, ['except']);
  const endings: Ending[] = [];
  for (const purpose of ['resolved-by', 'unless'] as const) {
    const ending = compile(source[purpose], [purpose]);
    if (ending !== undefined) endings.push({ purpose, pattern: ending });
  }
  const threshold = source.threshold === undefined ? undefined : readThreshold(source.threshold);

  if (!source.id.startsWith(`${pack}.`))
    mistakes.push({ path: ['id'], message: `begin it with "${pack}.", the name of its pack` });
  if (source.keywords === undefined && source.regex === undefined)
    mistakes.push({ path: [], message: `${source.id}: give keywords, a regex or both` });
  mistakes.push(...endingMistakes(source, endings));
  if (pattern !== undefined) mistakes.push(...nameMistakes(source, pattern, threshold));
  if (pattern === undefined || mistakes.length > 0) return { mistakes };

  const isException = (text: string) =>
    exceptKeywords?.test(text) === true || exceptRegex?.test(text) === true;
  const labels = { ...packLabels, ...source.labels };
  const rule: Rule = {
    id: source.id,
    pack,
    title: inLanguage(source.title, language),
    why: inLanguage(source.why, language),
    source: source.source,
    severity: source.severity,
    pinned: source.pinned ?? false,
    runbook: source.runbook,
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    correlateBy: source['correlate-by'],
    threshold,
    atMost: source['at-most'] === undefined ? undefined : readQuota(source['at-most']),
    unlessWithinMs: source.unless === undefined ? undefined : readDuration(source.unless.within),
    endings,
    literals: pattern.literals,
    takesType: (type) => source.where?.types?.includes(type) ?? true,
    takesService: (service) => source.where?.services?.includes(service) ?? true,
    match: (text) => (pattern.test(text) && !isException(text) ? pattern.captures(text) : undefined),
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

/** What `logpatrol rules list` shows of a rule, in the words of the pack. */
export function describeRule(rule: Rule) {
  const { id, pack, severity, title, why, source, runbook, labels, threshold, atMost, unlessWithinMs } = rule;
  return {
    id,
    pack,
    severity,
    title,
    why,
    source,
    runbook,
    ...(labels && { labels }),
    ...(rule.pinned && { pinned: true }),
    ...(rule.correlateBy !== undefined && { 'correlate-by': rule.correlateBy }),
    ...(threshold !== undefined && { threshold: thresholdText(threshold) }),
    ...(unlessWithinMs !== undefined && { unless: `within ${durationText(unlessWithinMs)}` }),
    ...(rule.endings.some(({ purpose }) => purpose === 'resolved-by') && { 'resolved-by': true }),
    ...(atMost !== undefined && { 'at-most': quotaText(atMost) }),
  };
}

/** The rule's endings that the text is; a line that the rule itself matches is none, for it tells of the failure. */
export function endingsIn(rule: Rule, text: string): readonly Ending[] {
  const endings = rule.endings.filter(({ pattern }) => pattern.test(text));
  return endings.length > 0 && rule.match(text) !== undefined ? [] : endings;
}

/** What is wrong with `resolved-by`, `unless` and their examples. */
function endingMistakes(source: RuleSource, endings: readonly Ending[]): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  for (const purpose of ['resolved-by', 'unless'] as const) {
    const part = source[purpose];
    if (part !== undefined && part.keywords === undefined && part.regex === undefined)
      mistakes.push({ path: [purpose], message: 'give keywords, a regex or both' });
  }
  // An incident may be about several values of what does not tell incidents apart, so that one of them would close it for all.
  for (const { purpose, pattern } of endings)
    for (const name of pattern.groups)
      if (!(source['correlate-by'] ?? []).includes(name))
        mistakes.push({
          path: [purpose, 'regex'],
          message: `(?<${name}>…) is compared with the capture of the incident: name it in correlate-by, or use (?:…)`,
        });
  const isEnded = source['resolved-by'] !== undefined || source.unless !== undefined;
  if (isEnded && source.examples.clears === undefined)
    mistakes.push({
      path: ['examples'],
      message: 'give clears: lines that resolved-by or unless must match',
    });
  if (!isEnded && source.examples.clears !== undefined)
    mistakes.push({
      path: ['examples', 'clears'],
      message: 'there is neither resolved-by nor unless that could match them',
    });
  return mistakes;
}

/** Captures that are named and that the regex does not have. */
function nameMistakes(source: RuleSource, pattern: Pattern, threshold: Threshold | undefined): RuleMistake[] {
  const lacks = (name: string) => !pattern.groups.includes(name);
  const mistakes = (source['correlate-by'] ?? []).filter(lacks).map((name) => ({
    path: ['correlate-by'],
    message: `the regex has no group (?<${name}>…)`,
  }));
  const by = threshold?.by;
  if (by !== undefined && by !== 'host' && lacks(by))
    mistakes.push({
      path: ['threshold'],
      message: `by is host or a capture, and the regex has no group (?<${by}>…)`,
    });
  return mistakes;
}

function specificity(rule: Rule): number {
  return rule.literals === undefined ? 0 : Math.min(...rule.literals.map((literal) => literal.length));
}

function inLanguage(text: RuleSource['title'], language: Language): string {
  if (typeof text === 'string') return text;
  return language === 'en' ? text.en : text.zh;
}
