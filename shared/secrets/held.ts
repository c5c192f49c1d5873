import { join } from 'node:path';
import { LogpatrolError } from '#shared/errors/index.ts';
import { secretFiles } from './layout.ts';
import { readSecretFile } from './secret-folder.ts';

/** What the files of a folder hold now, by place; those that are missing are not in it. */
export type Held = ReadonlyMap<string, string>;

/** What stands in YAML, in the arguments of Kafka's tools and in headers as it is, without quotes that could be left. */
const written = /^[\w.~+/=-]+$/;

/**
 * Reads every file of the layout.
 *
 * @throws LogpatrolError `unusable-environment` where one is there and cannot be read, is empty, or is not what it should be
 */
export function readHeld(folder: string): Held {
  const held = new Map<string, string>();
  for (const { place, content } of secretFiles) {
    const text = readSecretFile(folder, place);
    if (text === undefined) continue;
    if ((content.holds === 'random' || content.holds === 'api-key') && !written.test(text))
      throw broken(
        folder,
        place,
        'holds something else than letters, digits and -_.~+/=, such as a blank or a line feed, which not every server reads alike',
      );
    held.set(place, text);
  }
  return held;
}

/**
 * What files that must hold the same do hold; undefined where none of them is there.
 *
 * @throws LogpatrolError `unusable-environment` where they differ
 */
export function agreed(folder: string, held: Held, places: readonly string[]): string | undefined {
  const [first, ...others] = places.filter((place) => held.has(place));
  const differing = others.find((place) => first !== undefined && held.get(place) !== held.get(first));
  if (first !== undefined && differing !== undefined)
    throw broken(folder, differing, `must hold the same as ${join(folder, first)}, and does not`);
  return first === undefined ? undefined : held.get(first);
}

/** A file that is there and does not serve. It is never written over unasked: something may still rely on it. */
export function broken(
  folder: string,
  place: string,
  what: string,
  remedy = `put the right one there, or delete it and run: logpatrol secrets init ${folder}`,
): LogpatrolError {
  return new LogpatrolError('unusable-environment', `${join(folder, place)} ${what}; ${remedy}`);
}
