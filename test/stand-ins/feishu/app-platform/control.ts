import { z } from 'zod';
import type { ClickResult } from './click.ts';
import type { AppPlatform } from './platform.ts';

const tampering = z.strictObject({
  ageSeconds: z.number().optional(),
  signature: z.enum(['wrong', 'absent', 'body']).optional(),
  plain: z.boolean().optional(),
});

/** What a test in another process can do with the platform of apps. */
export const AppCommand = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('app'),
    settings: z.strictObject({
      appId: z.string(),
      appSecret: z.string(),
      encryptKey: z.string().optional(),
      verificationToken: z.string().optional(),
      callbackUrl: z.string().optional(),
      withheld: z.array(z.enum(['im:message:send_as_bot', 'im:message.group_msg'])).optional(),
    }),
  }),
  z.strictObject({
    do: z.literal('person'),
    settings: z.strictObject({ openId: z.string(), name: z.string(), available: z.boolean().optional() }),
  }),
  z.strictObject({
    do: z.literal('chat'),
    settings: z.strictObject({ id: z.string(), apps: z.array(z.string()), people: z.array(z.string()) }),
  }),
  z.strictObject({ do: z.literal('advance'), ms: z.number() }),
  z.strictObject({ do: z.literal('revoke') }),
  z.strictObject({
    do: z.literal('withdraw'),
    messageId: z.string(),
    gone: z.enum(['recalled', 'deleted']),
  }),
  z.strictObject({
    do: z.literal('click'),
    messageId: z.string(),
    what: z.union([z.string(), z.record(z.string(), z.unknown())]),
    openId: z.string(),
    options: z.strictObject({ tampering: tampering.optional(), times: z.int().min(1).optional() }).optional(),
  }),
]);
export type AppCommand = z.input<typeof AppCommand>;

/** What `GET /messages` says of each message. */
export const MessageState = z.object({
  messageId: z.string(),
  chatId: z.string(),
  appId: z.string(),
  type: z.enum(['interactive', 'text']),
  parentId: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  content: z.string(),
  states: z.array(z.object({ title: z.string(), subtitle: z.string(), color: z.string(), text: z.string() })),
  text: z.string().optional(),
  rung: z.array(z.string()),
  gone: z.enum(['recalled', 'deleted']).optional(),
});
export type MessageState = z.infer<typeof MessageState>;

/** Carries out one command; what comes of a click is the answer. */
export async function command(
  platform: AppPlatform,
  asked: z.infer<typeof AppCommand>,
): Promise<ClickResult | undefined> {
  switch (asked.do) {
    case 'app':
      platform.addApp(asked.settings);
      return undefined;
    case 'person':
      platform.addPerson(asked.settings);
      return undefined;
    case 'chat':
      platform.addChat(asked.settings);
      return undefined;
    case 'advance':
      platform.advance(asked.ms);
      return undefined;
    case 'revoke':
      platform.tokens.revoke();
      return undefined;
    case 'withdraw':
      platform.withdraw(asked.messageId, asked.gone);
      return undefined;
    case 'click':
      return platform.click(asked.messageId, asked.what, asked.openId, asked.options);
  }
}
