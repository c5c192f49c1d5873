import type { CardMember, Finding, PersonAction, Severity } from '#shared/model/index.ts';
import {
  cardView,
  type Digest,
  type LinkView,
  plain,
  renderDigestText,
  renderText,
  shownMessage,
  type ViewOptions,
} from '../../cards/index.ts';
import type { Outgoing } from '../channel.ts';

interface Common {
  /** Of this form. It rises only when something that is here goes or changes its meaning; more can come without. */
  readonly version: 1;
  /** Of this message: the same for each attempt, as the header `Idempotency-Key`. */
  readonly id: string;
  /** The channel's name in the configuration. */
  readonly channel: string;
  /** ISO 8601. */
  readonly sentAt: string;
  /** One line. */
  readonly title: string;
  /** The whole message as plain text in the language of cards. */
  readonly text: string;
}

/** A finding, or what has become of it: all messages of one `group` are about the same card. */
export interface FindingPayload extends Common {
  readonly kind: 'finding';
  readonly group: string;
  /** Why it is sent (MessageReason). */
  readonly reason: string;
  /** Of a fallback: the channel that it was meant for. */
  readonly meantFor?: string;
  readonly finding: Finding;
  /** Findings that share the card, the most severe first; capped, and how many there are in all. */
  readonly others: readonly CardMember[];
  readonly otherCount: number;
  readonly mentions: readonly { readonly name: string }[];
  /** The lines in Kibana, the finding's page. */
  readonly links: readonly LinkView[];
  /** Signed links whose page does something about it. */
  readonly actions: readonly (LinkView & { readonly action: PersonAction })[];
}

/** Many findings in one message, in a storm. */
export interface DigestPayload extends Common {
  readonly kind: 'digest';
  readonly findings: readonly {
    readonly id: string;
    readonly service: string;
    readonly title: string;
    readonly severity: Severity;
    readonly state: string;
    readonly reason: string;
    readonly count: number;
    readonly firstSeen: string;
  }[];
  /** How many more wait for further digests. */
  readonly waiting: number;
}

/** What a receiver is sent, masked for the channel; docs/channels.md tells of each part. Pure. */
export function payloadOf(
  outgoing: Outgoing,
  common: { readonly id: string; readonly channel: string },
  options: ViewOptions,
): FindingPayload | DigestPayload {
  const words = { ...options, color: false };
  const sentAt = new Date(options.now).toISOString();
  const head = (text: string) => ({
    version: 1 as const,
    ...common,
    sentAt,
    title: text.split('\n')[0] ?? '',
    text: text.trim(),
  });
  if (outgoing.kind === 'digest')
    return {
      kind: 'digest',
      ...head(renderDigestText(outgoing.digest, words)),
      findings: outgoing.digest.entries.map((entry) => rowOf(entry, options.mask)),
      waiting: outgoing.digest.waiting,
    };
  const {
    finding,
    groupId,
    reason,
    others = [],
    otherCount = 0,
    mentions = [],
    meantFor,
  } = shownMessage(outgoing.message, options.mask).message;
  const view = cardView(outgoing.message, options);
  const buttons = [...(view.buttons?.main ?? []), ...(view.buttons?.silences?.buttons ?? [])];
  return {
    kind: 'finding',
    ...head(renderText(outgoing.message, words)),
    title: view.title,
    group: groupId,
    reason,
    ...(meantFor === undefined ? {} : { meantFor }),
    finding,
    others,
    otherCount,
    mentions: mentions.map(({ name }) => ({ name })),
    links: view.links,
    actions: buttons.flatMap(({ action, text, url }) => (url === undefined ? [] : [{ action, text, url }])),
  };
}

function rowOf(
  entry: Digest['entries'][number],
  mask: (text: string) => string,
): DigestPayload['findings'][number] {
  const { incidentId, service, title, severity, state, reason, count, firstSeen } = entry;
  return {
    id: incidentId,
    service: mask(plain(service)),
    title: mask(plain(title)),
    severity,
    state,
    reason,
    count,
    firstSeen,
  };
}
