import type { Config } from '#shared/config/index.ts';
import type { FailureCause, Message } from '#shared/model/index.ts';
import type { Digest, FeishuCard, Language } from '../cards/index.ts';

/** What became of one call to the far side. */
export type SendOutcome =
  /** The far side's own words say that it has the card. `platformMessageId`: its id, where it can be updated. */
  | { readonly kind: 'sent'; readonly code?: string; readonly platformMessageId?: string }
  | {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      readonly code?: string;
      /** One line for the operator; no secrets. */
      readonly error: string;
      /** How long the far side wants to be left alone, in milliseconds. */
      readonly retryAfterMs?: number;
      /** True where the far side may have taken the card all the same: the next call can repeat it. */
      readonly uncertain?: boolean;
      /** True where the far side refuses this card, and may take a plainer one. */
      readonly isCardRefused?: boolean;
      /** True where the card that was to be updated can be updated no more (too old, recalled): a new one may go out. */
      readonly isCardGone?: boolean;
    };

/** What a channel bears. */
export interface ChannelLimits {
  /** Calls that may begin within any second and any minute. */
  readonly perSecond: number;
  readonly perMinute: number;
  /** Calls under way at once. */
  readonly inFlight: number;
}

/** A card of the group that the far side has already. */
export interface SentCard {
  readonly platformMessageId: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

/** One thing to send. */
export type Outgoing =
  /** `card` is there where it has one of the group already, which is to be updated. */
  | { readonly kind: 'card'; readonly message: Message; readonly card?: SentCard }
  | { readonly kind: 'digest'; readonly digest: Digest };

export interface SendContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Ends the call: its answer is no longer wanted. */
  readonly signal: AbortSignal;
  readonly language: Language;
  /** The same for each attempt at this sending, at most 50 characters: the far side may know by it what it has taken. */
  readonly idempotencyKey: string;
  /** When this was first tried, where an earlier call may have been taken without our knowing; milliseconds since the epoch. */
  readonly uncertainSince?: number;
  /** True: the far side has refused the card; only text, no mentions, no chart, no template of the user's. */
  readonly plain: boolean;
}

/** What of the context a channel's words depend on. */
export type RenderContext = Pick<SendContext, 'now' | 'language' | 'idempotencyKey' | 'plain'>;

/** What a channel would be sent, for people to look at: a card of Feishu, the JSON of another platform, or text. */
export type Rendered =
  | { readonly kind: 'card'; readonly card: FeishuCard }
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'text'; readonly text: string };

/** One place that cards go to. */
export interface Channel {
  /** Where it leads, for people to recognise; no secrets. Absent: nowhere but this process's own output. */
  readonly leadsTo?: string;
  /** How people act on its cards: by buttons that call back, by signed links, or not at all, as where this is absent. */
  readonly buttons?: 'callback' | 'links' | 'none';
  readonly limits: ChannelLimits;
  /** Whether a card that it has sent can be changed in place. Where not, what follows a first word is a short note. */
  readonly canUpdate: boolean;
  /** False where each finding is told by itself, since it rings nobody: a terminal. Default: true. */
  readonly sharesCards?: boolean;
  /** How many calls that count towards the limits this takes. Default: 1. */
  calls?(outgoing: Outgoing): number;
  /** What `send` would send, without its signature. */
  render(outgoing: Outgoing, context: RenderContext): Rendered;
  /** Renders and sends one thing, or updates the card of its group. Never rejects. */
  send(outgoing: Outgoing, context: SendContext): Promise<SendOutcome>;
}

/** What a channel is made of. */
export interface ChannelSetting {
  readonly name: string;
  /** Its settings, as its schema in `shared/config/channel-types/` has checked them. */
  readonly settings: unknown;
  readonly config: Config;
  /** Takes out of a text what the channel is not allowed to see. */
  readonly mask: (text: string) => string;
}

/** What the `channel.ts` of each folder in `channels/` has: it makes the channel of its type. */
export type OpenChannel = (setting: ChannelSetting) => Channel;
