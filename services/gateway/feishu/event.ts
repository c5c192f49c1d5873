import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PersonAction } from '#shared/model/index.ts';

const id = z.string().min(1).max(200);

/** What the card's buttons carry: the action and the incident. Cards of an early kind send it as text. */
const Value = z.object({ a: PersonAction, i: id });
const Button = z.object({
  value: z.unknown(),
  /** Of a menu: what was chosen. */
  option: z.string().max(200).optional(),
});
const Operator = z.object({ open_id: id });
const Where = z.object({ open_chat_id: id.optional() });

/** `card.action.trigger` with its header, as the platform sends it over HTTP. */
const Whole = z.object({
  schema: z.literal('2.0'),
  header: z.object({
    event_id: id,
    event_type: id,
    app_id: id.optional(),
    token: z.string().optional(),
  }),
  event: z.unknown(),
});
/** The same without its header, or with its fields among the others: one page shows it so, and the SDK makes it so. */
const Flat = z.object({
  event_id: id.optional(),
  event_type: id.optional(),
  app_id: id.optional(),
});
const Clicked = z.object({
  operator: Operator.optional(),
  open_id: id.optional(),
  action: Button,
  context: Where.optional(),
  open_chat_id: id.optional(),
});

/** Somebody clicked a button of one of our cards. */
export interface Click {
  readonly eventId: string;
  readonly openId: string;
  readonly action: PersonAction;
  readonly incidentId: string;
  /** What was chosen from the menu. */
  readonly option?: string;
  readonly chatId?: string;
}

/** What its header says of where it comes from. */
interface Sender {
  readonly appId: string | undefined;
  /** The app's verification token; only the shape with a header has it. */
  readonly token: string | undefined;
}

export type ReadEvent = Sender &
  (
    | { readonly kind: 'click'; readonly click: Click }
    /** Nothing for us. */
    | { readonly kind: 'other'; readonly what: 'event' | 'button'; readonly detail: string }
  );

/** What an event says, in either of its two shapes. Nothing is looked up: whether it is true is for others to find out. */
export function readEvent(body: unknown): ReadEvent {
  const whole = Whole.safeParse(body);
  const header = whole.success ? whole.data.header : (Flat.safeParse(body).data ?? {});
  const from = { appId: header.app_id, token: whole.data?.header.token };
  if (header.event_type !== undefined && header.event_type !== 'card.action.trigger')
    return { kind: 'other', what: 'event', detail: header.event_type, ...from };
  const clicked = Clicked.safeParse(whole.success ? whole.data.event : body);
  if (!clicked.success) return { kind: 'other', what: 'event', detail: 'not the click of a card', ...from };
  const { operator, open_id, action, context, open_chat_id } = clicked.data;
  const openId = operator?.open_id ?? open_id;
  const value = meaningOf(action.value);
  if (openId === undefined || value === undefined)
    return { kind: 'other', what: 'button', detail: 'a button that is none of ours', ...from };
  const chatId = context?.open_chat_id ?? open_chat_id;
  const click = {
    eventId: header.event_id ?? digestOf(body),
    openId,
    action: value.a,
    incidentId: value.i,
    ...(action.option !== undefined && { option: action.option }),
    ...(chatId !== undefined && { chatId }),
  };
  return { kind: 'click', click, ...from };
}

function meaningOf(value: unknown): z.infer<typeof Value> | undefined {
  if (typeof value !== 'string') return Value.safeParse(value).data;
  try {
    return Value.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}

/** An event without an id is known by what it says. */
function digestOf(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}
