import type { Mistake } from '#shared/config/mistake.ts';
import { closest } from '#shared/config/suggest.ts';
import { contentOf, type RunbookSelection } from './files.ts';
import { readFrontMatter } from './front-matter.ts';
import { deadLinks } from './links.ts';
import { reviewRunbooks } from './load.ts';
import { parts } from './parts.ts';
import type { Runbook } from './port.ts';
import { decoded } from './read-runbook.ts';

/** What is looked at of a detection rule. */
export interface NamedRule {
  readonly id: string;
  readonly runbook: string | undefined;
  /** `file:line`. */
  readonly place: string;
}

export interface LintOptions {
  readonly selection: RunbookSelection;
  readonly rules: readonly NamedRule[];
  /** Whether these are all runbooks there are: rules are looked at too, for which there should be one. */
  readonly isAll: boolean;
}

export interface RunbookLint {
  readonly runbooks: readonly Runbook[];
  readonly mistakes: readonly Mistake[];
}

/** Everything that is wrong with runbooks, and with what rules say of them. */
export async function lintRunbooks({ selection, rules, isAll }: LintOptions): Promise<RunbookLint> {
  const { runbooks, mistakes: wrong } = await reviewRunbooks(selection);
  const mistakes = [...wrong];
  const ids = rules.map(({ id }) => id);
  for (const runbook of runbooks) {
    mistakes.push(...(await unknownRules(runbook, ids)), ...missingParts(runbook));
    mistakes.push(...(await deadLinks(runbook.path)));
  }
  if (isAll) mistakes.push(...rules.flatMap((rule) => withoutRunbook(rule, runbooks)));
  return { runbooks, mistakes };
}

async function unknownRules({ path, rules }: Runbook, ids: readonly string[]): Promise<Mistake[]> {
  if (rules.every((rule) => ids.includes(rule))) return [];
  const reading = readFrontMatter(decoded(await contentOf(path)) ?? '', path);
  return rules.flatMap((rule, index) => {
    if (ids.includes(rule)) return [];
    const field = ['rules', index];
    const where = 'locate' in reading ? reading.locate(field) : `${path}:1`;
    return [{ where, path: field, message: `there is no rule ${rule}${hint(rule, ids)}` }];
  });
}

function hint(name: string, names: readonly string[]): string {
  const meant = closest(name, names);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

function missingParts(runbook: Runbook): Mistake[] {
  return parts
    .filter(({ heading }) => !runbook.sections.some((section) => heading.test(section.heading)))
    .map(({ name }) => ({ where: `${runbook.path}:1`, message: `there is no part ${name}` }));
}

function withoutRunbook(rule: NamedRule, runbooks: readonly Runbook[]): Mistake[] {
  if (rule.runbook === undefined) {
    if (runbooks.some(({ rules }) => rules.includes(rule.id))) return [];
    const message = `${rule.id}: no runbook is for it; name one with runbook:, or list the rule in the front matter of one`;
    return [{ where: rule.place, message }];
  }
  const names = runbooks.map(({ name }) => name);
  if (names.includes(rule.runbook)) return [];
  const message = `${rule.id}: there is no runbook ${rule.runbook}${hint(rule.runbook, names)}`;
  return [{ where: rule.place, message }];
}
