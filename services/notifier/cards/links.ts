import { signLink } from '#shared/links/index.ts';
import type { PersonAction } from '#shared/model/index.ts';
import { discoverUrl } from './kibana.ts';
import type { Shown } from './masked.ts';
import type { ViewOptions } from './options.ts';
import type { LinkView } from './view-model.ts';
import type { Words } from './words/index.ts';

/** An id that logpatrol has given; nothing else goes into a link or into what a button calls back. */
const ownId = /^[\w.:-]{1,100}$/;

/** The incident's id where it is one of ours. */
export function linkableId(id: string): string | undefined {
  return ownId.test(id) ? id : undefined;
}

/** So much is shown before the first line and after the last. */
const marginMs = 5 * 60_000;
/** Of more hosts than these no one is named: the address would grow, and the service is what people look for. */
const namedHosts = 3;
/** Longer addresses would take the room of the card's own words. */
const longestUrl = 2000;

/** Where the card leads: to its lines in Kibana, and to the finding's own page. */
export function linksOf(shown: Shown, words: Words, options: ViewOptions): LinkView[] {
  const page = signedUrl(shown, 'view', options);
  const lines = kibanaUrl(shown, options);
  return [
    ...(lines === undefined ? [] : [{ text: words.inKibana, url: lines }]),
    ...(page === undefined ? [] : [{ text: words.details, url: page }]),
  ];
}

/** A signed link that does something, or shows the finding; undefined where there is no address or key for it. */
export function signedUrl(
  { message }: Shown,
  purpose: PersonAction | 'view',
  { config: { http, interaction }, now }: ViewOptions,
): string | undefined {
  const id = linkableId(message.finding.id);
  if (http.publicUrl === undefined || http.linkKey === undefined || id === undefined) return undefined;
  const token = signLink(http.linkKey, {
    incidentId: id,
    purpose,
    channel: message.channel,
    expiresAt: now + interaction.linkHours * 3_600_000,
  });
  return `${http.publicUrl.replace(/\/+$/, '')}/${purpose === 'view' ? 'f' : 'a'}/${token}`;
}

function kibanaUrl({ message: { finding }, service, hosts }: Shown, { config: { kibana } }: ViewOptions) {
  if (kibana === undefined || service === undefined) return undefined;
  const url = (named: readonly string[]) =>
    discoverUrl(kibana, {
      service,
      hosts: named,
      from: Date.parse(finding.firstSeen) - marginMs,
      to: Date.parse(finding.lastSeen) + marginMs,
    });
  const all = hosts !== undefined && finding.hostCount <= namedHosts && hosts.length === finding.hostCount;
  return [all ? url(hosts) : '', url([])].find(({ length }) => length > 0 && length <= longestUrl);
}
