import { z } from 'zod';
import type { Failure } from '../http.ts';
import type { ApiContext, MessageApi } from './api.ts';

const Item = z.looseObject({
  message_id: z.string(),
  parent_id: z.string().optional(),
  deleted: z.boolean().catch(false),
  sender: z.looseObject({ id: z.string() }),
  body: z.looseObject({ content: z.string() }),
});
const Page = z.object({
  data: z.object({
    has_more: z.boolean(),
    page_token: z.string().optional(),
    items: z.array(z.unknown()).default([]),
  }),
});

/** Cards of up to 30 KB, in JSON within JSON. */
const pageSize = 20;
const maxPageBytes = 4 * 1024 * 1024;
/** 1,000 messages: a chat that has heard more since is not read any further. */
const mostPages = 50;
/** By how much this host's clock may be ahead of the platform's. */
const clockSkewMs = 120_000;

/** What is looked for: the app's own message with this mark in it, or its reply to a card. */
export type Sought = { readonly mark: string } | { readonly replyTo: string };

export type Found =
  | { readonly kind: 'found'; readonly messageId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly failure: Failure };

function isSought(item: z.infer<typeof Item>, sought: Sought): boolean {
  if ('replyTo' in sought) return item.parent_id === sought.replyTo;
  const { content } = item.body;
  // Not `r1` where `r12` stands.
  const at = content.indexOf(sought.mark);
  return at >= 0 && !/^\d/.test(content.slice(at + sought.mark.length));
}

/**
 * Looks in a chat for what the app itself may have sent there since a moment. In a group the app needs the permission `im:message.group_msg`
 * for it.
 *
 * @param since milliseconds since the epoch
 */
export async function findMessage(
  api: MessageApi,
  chat: { readonly id: string; readonly appId: string },
  sought: Sought,
  since: number,
  context: ApiContext,
): Promise<Found> {
  let pageToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const query = new URLSearchParams({
      container_id_type: 'chat',
      container_id: chat.id,
      start_time: String(Math.floor((since - clockSkewMs) / 1000)),
      sort_type: 'ByCreateTimeAsc',
      page_size: String(pageSize),
      // Without it a card of schema 2.0 comes as a notice to upgrade one's client.
      card_msg_content_type: 'user_card_content',
      ...(pageToken === undefined ? {} : { page_token: pageToken }),
    });
    const answer = await api.call({ method: 'GET', path: `?${query}`, maxReplyBytes: maxPageBytes }, context);
    if (answer.kind === 'failed') return { kind: 'unknown', failure: answer };
    const list = Page.safeParse(answer.body).data?.data;
    for (const raw of list?.items ?? []) {
      const item = Item.safeParse(raw).data;
      if (item !== undefined && !item.deleted && item.sender.id === chat.appId && isSought(item, sought))
        return { kind: 'found', messageId: item.message_id };
    }
    pageToken = list?.page_token;
    if (list?.has_more !== true || pageToken === undefined) break;
  }
  return { kind: 'absent' };
}
