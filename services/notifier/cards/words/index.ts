import { chinese } from './chinese.ts';
import { english } from './english.ts';
import type { Language, Words } from './words.ts';

export type { Language, Words } from './words.ts';

export function wordsOf(language: Language): Words {
  return language === 'en' ? english : chinese;
}
