import type { Finding } from '#shared/model/index.ts';
import { cut, oneLine } from './plain.ts';
import { localTime } from './time.ts';
import type { CardView } from './view-model.ts';
import type { Words } from './words/index.ts';

const longestName = 60;

/** Who did what about it and when, oldest first. */
export function historyOf(
  { history = [] }: Finding,
  words: Words,
  timeZone: string,
  short: (note: string) => string,
): CardView['history'] {
  const items = history.map(({ at, action, by, to, note }) => {
    const name = (text: string) => cut(oneLine(text), longestName);
    const did = words.did(name(by.name), action, to === undefined ? undefined : name(to.name));
    const said = note === undefined ? '' : short(oneLine(note));
    return `${localTime(at, timeZone)} ${did}${said === '' ? '' : `${words.colon}${said}`}`;
  });
  return items.length === 0 ? undefined : { label: words.history, items };
}
