import { z } from 'zod';
import { PersonAction, personActions, Severity } from '#shared/model/index.ts';

const wish = {
  tell: z.boolean().default(true).describe('Whether they are told at all.'),
  from: Severity.default('warning').describe('From which severity.'),
};

/** Somebody on call. */
export const Person = z.strictObject({
  name: z.string().min(1).max(80).describe('As cards show it.'),
  feishu: z
    .string()
    .regex(/^ou_[A-Za-z0-9]+$/, 'use their open_id, ou_…')
    .optional()
    .describe('Their open_id: by it cards call them, and their clicks are known.'),
  role: z.string().min(1).default('responder').describe('One of interaction.roles.'),
  channel: z.string().min(1).optional().describe('A channel of their own, where they are told besides.'),
  ...wish,
});

/** People who are told together. */
export const Team = z.strictObject({
  members: z.array(z.string().min(1)).min(1).describe('Keys of people.'),
  ...wish,
});

/** Who may do what on a card. */
export const InteractionConfig = z.strictObject({
  roles: z
    .record(z.string().min(1).max(63), z.array(PersonAction))
    .default({ viewer: [], responder: [...personActions] })
    .describe('What each role may do.'),
  defaultRole: z
    .string()
    .min(1)
    .default('viewer')
    .describe('Of people who are not listed; those who come by a signed link have linkRole.'),
  linkRole: z
    .string()
    .min(1)
    .default('responder')
    .describe(
      "Of whoever opens a card's signed link: it says nothing of who they are, and they give a name.",
    ),
  linkHours: z.number().min(0.1).max(336).default(72).describe('How long the links of a card can be used.'),
});
