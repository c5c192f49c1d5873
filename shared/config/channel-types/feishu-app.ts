import { z } from 'zod';
import { called } from './shared.ts';

/** A group or a person, written to by an app's bot. The platform allows 5 messages a second a chat and 1,000 a minute an app. */
export const settings = z
  .strictObject({
    type: z.literal('feishu-app'),
    app: z.string().min(1).default('main').describe('Which of feishuApps.'),
    chat: z
      .string()
      .regex(/^oc_[A-Za-z0-9]+$/, 'use the chat_id of a group, oc_…')
      .optional()
      .describe('The group, by its chat_id.'),
    person: z
      .string()
      .regex(/^ou_[A-Za-z0-9]+$/, 'use the open_id of a person, ou_…')
      .optional()
      .describe('In place of a group: one person, by their open_id.'),
    ...called(4, 200),
  })
  .refine(
    ({ chat, person }) => (chat === undefined) !== (person === undefined),
    'name either chat or person',
  );
