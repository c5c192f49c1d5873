/** Controls, formats (zero width, direction), private use, unassigned, and letters that have no shape. */
const unseen = /[\s\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/** Where a text may end: after a sentence, else after a word or a mark. */
const sentenceEnd = /[。！？；!?;]|\.(?=\s)/gu;
const wordEnd = /[\s，、,:：)）]/gu;

/** On one line, without what cannot be seen, cut at the end of a sentence or a word where one is near. */
export function tidy(text: string, maxLength: number): string {
  const clean = text.toWellFormed().replaceAll(unseen, ' ').trim();
  if (clean.length <= maxLength) return clean;
  const room = clean.slice(0, maxLength - 1);
  const sentence = [...room.matchAll(sentenceEnd)].at(-1);
  if (sentence !== undefined && sentence.index >= maxLength * 0.6) return room.slice(0, sentence.index + 1);
  const word = [...room.matchAll(wordEnd)].at(-1);
  const end = word !== undefined && word.index >= maxLength * 0.6 ? word.index : room.length;
  // A cut within a pair of surrogates leaves half a character.
  return `${room
    .slice(0, end)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trimEnd()}…`;
}
