import { z } from 'zod';
import type { SeenCard } from '../card-validator.ts';
import { isShared, judgeContent, rungBy } from './content.ts';
import { itemOf } from './history.ts';
import type { Limits } from './rate.ts';
import { type ApiReply, refusal, success } from './replies.ts';
import type { Chat, SeenMessage, Tenant } from './tenant.ts';

const updatableForMs = 14 * 24 * 60 * 60 * 1000;

/** One call of the message API, by an app that has shown its token. */
export interface MessageCall {
  readonly appId: string;
  readonly body: unknown;
  /** Bytes of the request's body. */
  readonly bytes: number;
  readonly now: number;
  readonly tenant: Tenant;
  /** Absent: no limits. */
  readonly limits: Limits | undefined;
}

const Posted = z.object({
  msg_type: z.string(),
  content: z.string(),
  uuid: z.string().max(50).optional(),
});
const Created = Posted.extend({ receive_id: z.string() });
const Patched = z.object({ content: z.string() });

/** `POST /open-apis/im/v1/messages`. */
export function createMessage(call: MessageCall, idType: string | undefined): ApiReply {
  const { appId, body, tenant } = call;
  if (idType === undefined) return refusal(99992402, 'field validation failed: receive_id_type is required');
  const created = Created.safeParse(body).data;
  if (created === undefined) return refusal(230001);
  const chat = chatOf(tenant, appId, idType, created.receive_id);
  return 'status' in chat ? chat : put(call, created, chat, undefined);
}

function chatOf(tenant: Tenant, appId: string, idType: string, id: string): Chat | ApiReply {
  if (idType === 'chat_id') {
    const chat = tenant.chats.get(id);
    if (chat === undefined) return refusal(230034);
    return chat.apps.includes(appId) ? chat : refusal(230002);
  }
  if (idType !== 'open_id') return refusal(99992402, 'field validation failed: receive_id_type');
  const person = tenant.people.get(id);
  if (person === undefined) return refusal(230034);
  return person.available === false ? refusal(230013) : tenant.chatWith(appId, id);
}

/** `POST /open-apis/im/v1/messages/:id/reply`. */
export function replyTo(call: MessageCall, messageId: string): ApiReply {
  const { appId, body, tenant } = call;
  const posted = Posted.safeParse(body).data;
  const parent = tenant.message(messageId);
  if (posted === undefined || parent === undefined) return refusal(230001);
  if (parent.gone !== undefined) return refusal(parent.gone === 'recalled' ? 230011 : 230110);
  const chat = tenant.chats.get(parent.chatId);
  if (chat === undefined) return refusal(232009);
  if (!chat.apps.includes(appId)) return refusal(230002);
  return put(call, posted, chat, messageId);
}

function put(
  { appId, bytes, now, tenant, limits }: MessageCall,
  { msg_type: type, content: json, uuid }: z.infer<typeof Posted>,
  chat: Chat,
  parentId: string | undefined,
): ApiReply {
  if (limits !== undefined && limits.target(chat.id, now) > 0) return refusal(230020);
  const before = tenant.sentWith(appId, uuid, now);
  if (before !== undefined) return success(itemOf(before, tenant));
  const content = judgeContent(type, json, bytes, tenant);
  if ('status' in content) return content;
  const { seen, text, mentioned } = content;
  const message = tenant.add(
    {
      chatId: chat.id,
      appId,
      type: content.type,
      ...(parentId === undefined ? {} : { parentId }),
      createdAt: now,
      content: json,
      states: seen === undefined ? [] : [seen],
      ...(text === undefined ? {} : { text }),
      rung: rungBy(mentioned, chat.people),
    },
    uuid,
    now,
  );
  return success(itemOf(message, tenant), seen ?? seenText(text ?? ''));
}

function seenText(text: string): SeenCard {
  return { title: '', subtitle: '', color: 'default', text };
}

/** `PATCH /open-apis/im/v1/messages/:id`. */
export function updateMessage(call: MessageCall, messageId: string): ApiReply {
  const { appId, body, bytes, now, tenant, limits } = call;
  const patched = Patched.safeParse(body).data;
  const message = tenant.message(messageId);
  if (patched === undefined || message === undefined || message.type !== 'interactive')
    return refusal(230001);
  if (message.appId !== appId) return refusal(230027);
  if (message.gone !== undefined) return refusal(message.gone === 'recalled' ? 230011 : 230110);
  if (now - message.createdAt > updatableForMs) return refusal(230031);
  if (limits !== undefined && limits.target(messageId, now) > 0) return refusal(230020);
  if (message.isLocked === true)
    return refusal(230099, 'Failed to create card content, ext=ErrCode: 11310; ErrMsg: card action is lock');
  const content = judgeContent('interactive', patched.content, bytes, tenant);
  if ('status' in content) return content;
  if (!isShared(message.content) || !isShared(patched.content))
    return refusal(230001, 'invalid request parameter, ext=not a shared card: update_multi is not true');
  return change(message, patched.content, content.seen, now);
}

function change(message: SeenMessage, json: string, seen: SeenCard | undefined, now: number): ApiReply {
  message.content = json;
  message.updatedAt = now;
  if (seen !== undefined) message.states.push(seen);
  return success({}, seen);
}
