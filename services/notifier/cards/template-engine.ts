import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { z } from 'zod';
import type { FeishuCard } from './feishu.ts';
import { templateFilters } from './filters.ts';
import type { CardView, DigestView } from './view-model.ts';
import { type Language, wordsOf } from './words/index.ts';

const shippedFolder = fileURLToPath(new URL('templates/', import.meta.url));

/** The templates that make a card of their own; `parts.njk` is what they are put together from. */
export const templateNames = ['card.njk', 'digest.njk'] as const;
export type TemplateName = (typeof templateNames)[number];

/** Fills the templates of one language, of a folder of the user's and, where that has none, of logpatrol's. */
export function templateEnvironment(folder: string | undefined, language: Language): nunjucks.Environment {
  const words = wordsOf(language);
  const env = new nunjucks.Environment(
    new nunjucks.FileSystemLoader(folder === undefined ? [shippedFolder] : [folder, shippedFolder]),
    { autoescape: false, throwOnUndefined: true, trimBlocks: true },
  );
  const filters = templateFilters((severity) => words.severity[severity]);
  for (const [name, filter] of Object.entries(filters)) env.addFilter(name, filter);
  return env;
}

const environments = new Map<string, nunjucks.Environment>();

/** Kept: a template is read and compiled once in a process. */
function environmentOf(folder: string | undefined, language: Language): nunjucks.Environment {
  const key = `${language} ${folder ?? ''}`;
  const kept = environments.get(key) ?? templateEnvironment(folder, language);
  environments.set(key, kept);
  return kept;
}

const Card = z.record(z.string(), z.unknown());

/**
 * The card that a template makes of a view.
 *
 * @throws Error where the template cannot be filled, or does not make JSON
 */
export function fillTemplate(
  name: TemplateName,
  view: CardView | DigestView,
  language: Language,
  folder?: string,
): FeishuCard {
  return Card.parse(JSON.parse(environmentOf(folder, language).render(name, { view })));
}
