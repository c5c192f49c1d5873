import type { Exemplar } from '#shared/model/index.ts';

/** Lines kept as evidence of one incident. */
const exemplarCap = 5;
/** Characters kept of one exemplar's line, and of all the lines before it together. */
const textCap = 4096;
const beforeCap = 4096;

/**
 * The first lines of an incident, from different hosts where it has them: once there are enough, a line from a host that is
 * not among them takes the place of the newest line of a host that is there twice.
 */
export function addExemplars(kept: readonly Exemplar[], offered: readonly Exemplar[]): readonly Exemplar[] {
  let result = kept;
  for (const exemplar of offered) {
    if (result.some((other) => other.id === exemplar.id)) continue;
    if (result.length < exemplarCap) {
      result = [...result, trim(exemplar)];
      continue;
    }
    if (result.some((other) => other.host === exemplar.host)) continue;
    const repeated = result.findLastIndex(
      (other, index) => result.findIndex((first) => first.host === other.host) < index,
    );
    if (repeated !== -1) result = result.with(repeated, trim(exemplar));
  }
  return result;
}

/** An upper bound of their bytes in memory. */
export function exemplarBytes(exemplars: readonly Exemplar[]): number {
  let characters = 0;
  for (const exemplar of exemplars) {
    characters += 200 + exemplar.id.length + exemplar.host.length + (exemplar.file?.length ?? 0);
    characters += exemplar.text.length;
    for (const line of exemplar.before) characters += line.length + 16;
  }
  return 2 * characters;
}

/** The lines before it lose the oldest first, for the nearest say most. */
function trim(exemplar: Exemplar): Exemplar {
  const before: string[] = [];
  let room = beforeCap;
  for (const line of exemplar.before.toReversed()) {
    if (line.length > room) break;
    room -= line.length + 1;
    before.unshift(line);
  }
  return { ...exemplar, text: exemplar.text.slice(0, textCap), before };
}
