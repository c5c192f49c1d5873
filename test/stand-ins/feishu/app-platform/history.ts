import { z } from 'zod';
import { type ApiReply, refusal, success } from './replies.ts';
import type { SeenMessage, Tenant } from './tenant.ts';

const Query = z.object({
  container_id_type: z.literal('chat'),
  container_id: z.string(),
  start_time: z.coerce.number().optional(),
  end_time: z.coerce.number().optional(),
  sort_type: z.enum(['ByCreateTimeAsc', 'ByCreateTimeDesc']).default('ByCreateTimeAsc'),
  page_size: z.coerce.number().int().min(1).max(50).default(20),
  page_token: z.string().optional(),
  card_msg_content_type: z.enum(['user_card_content', 'raw_card_content']).optional(),
});

/** What older clients, and callers that do not ask for the card as it was sent, get of a card of schema 2.0. */
const upgrade = JSON.stringify({
  title: null,
  elements: [[{ tag: 'text', text: '请升级至最新版本客户端，以查看内容' }]],
});

function bodyOf(message: SeenMessage, asSent: boolean): string {
  if (message.gone === 'recalled') return 'This message was recalled';
  return message.type === 'text' || asSent ? message.content : upgrade;
}

/** A message as create, reply and list describe it. */
export function itemOf(message: SeenMessage, tenant: Tenant, asSent = true): Record<string, unknown> {
  const { messageId, chatId, appId, type, parentId, createdAt, updatedAt, gone, states } = message;
  return {
    message_id: messageId,
    ...(parentId === undefined ? {} : { root_id: parentId, parent_id: parentId }),
    msg_type: type,
    create_time: String(createdAt),
    update_time: String(updatedAt),
    deleted: gone !== undefined,
    updated: states.length > 1,
    chat_id: chatId,
    sender: { id: appId, id_type: 'app_id', sender_type: 'app', tenant_key: tenant.key },
    body: { content: bodyOf(message, asSent) },
  };
}

/** `GET /open-apis/im/v1/messages`: what was said in a chat, page by page. */
export function listMessages(query: Record<string, string>, appId: string, tenant: Tenant): ApiReply {
  const asked = Query.safeParse(query).data;
  if (asked === undefined) return refusal(230001);
  const chat = tenant.chats.get(asked.container_id);
  if (chat === undefined) return refusal(230001, 'invalid request parameter, ext=invalid container_id');
  if (!chat.apps.includes(appId)) return refusal(230002);
  const withheld = tenant.apps.get(appId)?.withheld ?? [];
  if (chat.person === undefined && withheld.includes('im:message.group_msg')) return refusal(230027);
  const { start_time: from = 0, end_time: to = Number.POSITIVE_INFINITY } = asked;
  const all = tenant.messages
    .filter(({ chatId, gone }) => chatId === chat.id && gone !== 'deleted')
    .filter(({ createdAt }) => createdAt >= from * 1000 && createdAt < (to + 1) * 1000);
  if (asked.sort_type === 'ByCreateTimeDesc') all.reverse();
  const start = Number(asked.page_token?.replace('page-', '') ?? 0);
  const page = all.slice(start, start + asked.page_size);
  const more = start + page.length < all.length;
  return success({
    has_more: more,
    ...(more ? { page_token: `page-${start + page.length}` } : {}),
    items: page.map((message) => itemOf(message, tenant, asked.card_msg_content_type !== undefined)),
  });
}
