import { z } from 'zod';
import { Severity } from '#shared/model/index.ts';
import { clockTime, days, pattern, timeZone } from './values.ts';

const some = z.array(z.string().min(1)).min(1).optional();

/** When a route is meant; everything that is there must fit. */
const When = z.strictObject({
  types: some.describe('Log types.'),
  services: z
    .array(pattern)
    .min(1)
    .optional()
    .describe('Services, by name or pattern (payment-*, !payment-*).'),
  severities: z.array(Severity).min(1).optional(),
  labels: z
    .record(z.string(), pattern)
    .optional()
    .describe('Labels, by value or pattern: of the rule, its captures, host, owner, and asset.<fact>.'),
  times: z
    .array(z.strictObject({ days, from: clockTime, to: clockTime, timeZone }))
    .min(1)
    .optional()
    .describe('Within one of these.'),
});

const Escalation = z.strictObject({
  afterMinutes: z.number().min(0.01).max(10_080).describe('Nobody has taken it on for so long.'),
  channels: z.array(z.string().min(1)).default([]).describe('Channels that are told then.'),
  tell: z.array(z.string().min(1)).default([]).describe('People and teams who are called then.'),
});

/** What a route says; what it leaves out is as its parent has it. */
const goal = {
  channel: z
    .string()
    .min(1)
    .optional()
    .describe('The first channel: its card is the one that people work on.'),
  also: z.array(z.string().min(1)).optional().describe('Channels that are told besides.'),
  fallback: z
    .array(z.string().min(1))
    .optional()
    .describe('Channels that are told, in this order, where one does not take it.'),
  tell: z.array(z.string().min(1)).optional().describe('People and teams whom the card calls by name.'),
  groupBy: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'What is the same in findings that share a card: service, rule, type, pack, domain, or a label; [] for one card each.',
    ),
  groupMinutes: z.number().min(0).max(1440).optional().describe('So long like findings join the card.'),
  escalate: z.array(Escalation).optional().describe('Who is told where nobody takes it on.'),
};

/** A route with none below it. */
const Leaf = z.strictObject({
  name: z.string().min(1).max(120),
  when: When.default({}),
  continue: z.boolean().default(false).describe('Whether the routes after it are looked at too.'),
  ...goal,
});
/** Three levels are a business line, its team, and an exception of theirs; more would not be read by anybody. */
const Branch = Leaf.extend({ routes: z.array(Leaf).default([]) });
const Trunk = Leaf.extend({ routes: z.array(Branch).default([]) });

/** One route of the tree. */
export type RouteConfig = z.infer<typeof Leaf> & { readonly routes?: readonly RouteConfig[] };

/** Which channel hears of what: the first route that fits, and within it the deepest; without one, what stands here. */
export const RoutingConfig = z.strictObject({
  ...goal,
  groupBy: goal.groupBy.default(['service', 'rule']),
  groupMinutes: z.number().min(0).max(1440).default(5).describe('So long like findings join the card.'),
  routes: z.array(Trunk).default([]),
});
export type RoutingConfig = z.infer<typeof RoutingConfig>;
