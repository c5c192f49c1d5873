import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { KibanaSavedObject } from '../schema/index.ts';
import type { Language } from '../source/language.ts';

/** The lines of a committed file, as they are imported. */
export function generatedLines(language: Language): unknown[] {
  return readFileSync(new URL(`../${language}.ndjson`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => z.unknown().parse(JSON.parse(line)));
}

export function generatedObjects(language: Language): KibanaSavedObject[] {
  return generatedLines(language).map((line) => KibanaSavedObject.parse(line));
}

type OfType<Type extends KibanaSavedObject['type']> = Extract<KibanaSavedObject, { type: Type }>;

export function ofType<Type extends KibanaSavedObject['type']>(
  objects: readonly KibanaSavedObject[],
  type: Type,
): OfType<Type>[] {
  return objects.filter((object): object is OfType<Type> => object.type === type);
}
