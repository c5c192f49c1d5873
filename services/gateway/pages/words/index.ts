import type { Config } from '#shared/config/index.ts';
import { chinese } from './chinese.ts';
import { english } from './english.ts';
import type { PageWords } from './words.ts';

export type { PageWords } from './words.ts';

export function pageWords(language: Config['language']): PageWords {
  return language === 'zh-CN' ? chinese : english;
}
