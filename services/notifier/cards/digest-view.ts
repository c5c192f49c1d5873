import { compareSeverity, severities } from '#shared/model/index.ts';
import type { Digest, DigestEntry } from './digest.ts';
import { memberView } from './members.ts';
import type { ViewOptions } from './options.ts';
import { cut, oneLine, plain } from './plain.ts';
import { severityColors } from './view.ts';
import type { DigestRow, DigestView } from './view-model.ts';
import { type Words, wordsOf } from './words/index.ts';

/** What the digest says, masked for the channel: every entry, the most severe first. Pure. */
export function digestView(
  digest: Digest,
  options: Pick<ViewOptions, 'language' | 'mask'>,
  scale = 1,
): DigestView {
  const words = wordsOf(options.language);
  const { entries, waiting } = digest;
  const masked = entries.map((entry) => ({
    ...entry,
    incidentId: plain(entry.incidentId),
    service: options.mask(plain(entry.service)),
    title: options.mask(plain(entry.title)),
  }));
  const groups = severities
    .toReversed()
    .map((severity) => ({ severity, ofIt: masked.filter((entry) => entry.severity === severity) }))
    .filter(({ ofIt }) => ofIt.length > 0)
    .map(({ severity, ofIt }) => ({
      severity,
      label: `${words.severity[severity]} (${ofIt.length})`,
      rows: ofIt.map((entry) => rowOf(entry, words, scale)),
    }));
  // What is over makes nobody look: a digest of nothing else is green, and others are as grave as what goes on.
  const ongoing = entries.filter(({ state }) => state !== 'resolved');
  const isOver = entries.length > 0 && ongoing.length === 0;
  const gravest =
    ongoing
      .map(({ severity }) => severity)
      .toSorted(compareSeverity)
      .at(-1) ?? 'info';
  return {
    color: isOver ? 'green' : severityColors[gravest],
    title: `【${isOver ? words.resolved : words.severity[gravest]}】${words.digest(entries.length)}`,
    subtitle: words.digestMeans,
    tags: [],
    groups,
    waiting: waiting > 0 ? words.waiting(waiting) : undefined,
    footer: cut(oneLine(digest.id), 160),
  };
}

function rowOf(entry: DigestEntry, words: Words, scale: number): DigestRow {
  const { incidentId, reason, otherCount } = entry;
  const view = memberView({ ...entry, id: incidentId }, words, scale);
  return {
    ...view,
    count: otherCount > 0 ? `${view.count} +${otherCount}` : view.count,
    reason: words.reason[reason],
  };
}
