import type { PersonAction } from '#shared/model/index.ts';
import { linkableId, signedUrl } from './links.ts';
import type { Shown } from './masked.ts';
import type { ViewOptions } from './options.ts';
import { cut, oneLine } from './plain.ts';
import type { ButtonsView, ButtonView } from './view-model.ts';
import type { Words } from './words/index.ts';

/** More people than these are not offered: the page behind a link has room for all. */
const mostPeople = 40;
const longestName = 40;

/** What can still be done about it: a resolved incident can only be called no problem, a pinned one not be silenced. */
function possible({ finding }: Shown['message']): PersonAction[] {
  const canSilence = finding.pinned !== true;
  const noProblem: PersonAction[] = canSilence ? ['not-a-problem'] : [];
  switch (finding.state) {
    case 'open':
      return ['acknowledge', 'resolve', ...noProblem, 'hand-over'];
    case 'acknowledged':
      return ['resolve', ...noProblem, 'hand-over'];
    case 'resolved':
      return noProblem;
  }
}

/** The buttons of the card; undefined where there are none. */
export function buttonsOf(shown: Shown, words: Words, options: ViewOptions): ButtonsView | undefined {
  const { buttons: kind, config } = options;
  const { finding } = shown.message;
  const incidentId = linkableId(finding.id);
  if (kind === 'none' || incidentId === undefined) return undefined;
  const { publicUrl, linkKey } = config.http;
  if (kind === 'links' && (publicUrl === undefined || linkKey === undefined)) return undefined;
  const actions = possible(shown.message);
  const button = (action: PersonAction, text: string): ButtonView => ({
    action,
    text,
    style: action === actions[0] && action !== 'not-a-problem' ? 'primary' : 'default',
    confirm:
      kind === 'callback' && (action === 'resolve' || action === 'not-a-problem')
        ? { title: words.confirm.title[action], text: words.confirm.text[action] }
        : undefined,
    url: kind === 'links' ? signedUrl(shown, action, options) : undefined,
  });
  const people = Object.entries(config.people)
    .filter(([, person]) => person.feishu !== undefined)
    .slice(0, mostPeople)
    .map(([id, { name }]) => ({ id, name: cut(oneLine(name), longestName) }));
  const isSilent = finding.state === 'resolved' || finding.muted !== undefined || finding.pinned === true;
  const main = actions.filter((action) => action !== 'hand-over' || kind === 'links');
  if (main.length === 0) return undefined;
  return {
    kind,
    incidentId,
    main: main.map((action) => button(action, words.action[action])),
    silences: isSilent
      ? undefined
      : {
          label: words.silenceFor,
          buttons: (['silence-1h', 'silence-8h', 'silence-until-resolved'] as const).map((action) =>
            button(action, words.silence[action]),
          ),
        },
    handOver:
      kind === 'callback' && actions.includes('hand-over') && people.length > 0
        ? { label: words.action['hand-over'], people }
        : undefined,
  };
}
