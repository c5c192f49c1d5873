/** How many topics are named; the rest is counted. */
const shownTopics = 3;

/** What `Bus.verify` has found, as one line without the remedy that each of its lines repeats. */
export function topicTrouble(wrong: readonly string[]): string {
  const shown = wrong
    .slice(0, shownTopics)
    .map((line) => line.replace(/[:;,]? run `?logpatrol setup`?\.?$/, ''));
  const more = wrong.length > shownTopics ? [`and ${wrong.length - shownTopics} more`] : [];
  return [...shown, ...more].join('; ');
}
