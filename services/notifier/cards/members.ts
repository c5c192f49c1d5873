import type { CardMember, Message } from '#shared/model/index.ts';
import { cut, oneLine } from './plain.ts';
import type { CardView, MemberView } from './view-model.ts';
import type { Words } from './words/index.ts';

const compact = new Intl.NumberFormat('en', { notation: 'compact' });

const longest = { service: 60, title: 120, id: 100 } as const;

/** A finding of a list: its texts are cut to their share of the card, its id and its numbers never. */
export function memberView(
  member: Pick<CardMember, 'id' | 'severity' | 'service' | 'title' | 'count' | 'state'>,
  words: Words,
  scale: number,
): MemberView {
  const share = (length: number) => Math.max(scale < 0.02 ? 2 : 8, Math.floor(length * scale));
  return {
    id: cut(oneLine(member.id).replaceAll(' ', '_'), longest.id),
    severity: member.severity,
    service: cut(oneLine(member.service), share(longest.service)),
    title: cut(oneLine(member.title), share(longest.title)),
    count: words.times(scale < 0.02 ? compact.format(member.count) : String(member.count)),
    state: words.state[member.state],
  };
}

/** The other findings on the card, each of them named, and how many there are besides. */
export function membersOf(
  { others = [], otherCount }: Message,
  words: Words,
  scale: number,
): CardView['members'] {
  const count = Math.max(otherCount ?? 0, others.length);
  if (count === 0) return undefined;
  const missing = count - others.length;
  return {
    label: words.members(count),
    rows: others.map((member) => memberView(member, words, scale)),
    more: missing > 0 ? words.moreMembers(missing) : undefined,
  };
}
