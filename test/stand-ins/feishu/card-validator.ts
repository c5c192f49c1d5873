import type { z } from 'zod';
import { ChartSpec } from './card-chart.ts';
import { CardSchema } from './card-schema.ts';
import { readMarkdown } from './reading.ts';

/** What a group member would see of an accepted card. */
export interface SeenCard {
  readonly title: string;
  readonly subtitle: string;
  readonly color: string;
  /** All words of the body, in order, a line an element. */
  readonly text: string;
}

export type CardVerdict =
  | {
      readonly ok: true;
      readonly seen: SeenCard;
      /** Ids that the card calls, wherever an `<at>` stands: it is unsettled whether the platform looks into code. */
      readonly mentions: readonly string[];
      /** Every address that something of the card opens. */
      readonly urls: readonly string[];
    }
  /** `message` in the platform's form: `ErrCode: N; ErrMsg: …`. */
  | { readonly ok: false; readonly message: string };

const refuse = (code: number, text: string): CardVerdict => ({
  ok: false,
  message: `Failed to create card content, ext=ErrCode: ${code}; ErrMsg: ${text}`,
});

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object of the card with a `tag`, as the platform counts elements. */
function tagged(value: unknown, found: Record<string, unknown>[] = []): Record<string, unknown>[] {
  if (Array.isArray(value)) for (const item of value) tagged(item, found);
  else if (isRecord(value)) {
    if (typeof value.tag === 'string') found.push(value);
    for (const item of Object.values(value)) tagged(item, found);
  }
  return found;
}

/** `ROOT -> body -> elements -> [1](tag: markdown)`, the platform's way to name a place. */
function placeOf(card: unknown, path: readonly PropertyKey[]): string {
  let here: unknown = card;
  const steps = ['ROOT'];
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') {
      here = here[step];
      steps.push(
        isRecord(here) && typeof here.tag === 'string' ? `[${step}](tag: ${here.tag})` : `[${step}]`,
      );
    } else {
      here = isRecord(here) ? here[String(step)] : undefined;
      steps.push(String(step));
    }
  }
  return steps.join(' -> ');
}

function schemaVerdict(card: unknown, issue: z.core.$ZodIssue): CardVerdict {
  const place = placeOf(card, issue.path);
  if (issue.code === 'unrecognized_keys')
    return refuse(
      200621,
      `parse card json err, unknown property, property: ${issue.keys[0]}, path: ${place}`,
    );
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'tag')
    return refuse(200861, `cards of schema V2 no longer support this capability; path: ${place}`);
  return refuse(200621, `parse card json err, ${issue.message}, path: ${place}`);
}

/** Levels of containers: columns, panels. */
const deepest = 5;

function depthOf(value: unknown): number {
  if (Array.isArray(value)) return Math.max(0, ...value.map(depthOf));
  if (!isRecord(value)) return 0;
  const inner = Math.max(0, ...Object.values(value).map(depthOf));
  return value.tag === 'column_set' || value.tag === 'collapsible_panel' ? inner + 1 : inner;
}

const fontColor = /^<font color='[a-z-]+[0-9]*'>$|^<\/font>$/;
const person = /^<at id=(?:ou_[0-9a-f]{8,}|[0-9A-Za-z]{8,}|all)>$|^<\/at>$/;

/** What of a piece of Markdown would fail the send. In a code block too: whether the platform looks there is unsettled. */
function markdownTrouble(content: string): CardVerdict | undefined {
  const { tags, images } = readMarkdown(content);
  for (const { name, source } of tags) {
    if (name === 'at' && !person.test(source)) return refuse(100290, `invalid at person id: ${source}`);
    if (name === 'font' && !fontColor.test(source)) return refuse(10002, `invalid color: ${source}`);
    if (name === 'img') return refuse(200570, `invalid image keys: ${source}`);
  }
  const image = images.find((key) => !/^img_v\d+_[\w-]+$/.test(key));
  if (image !== undefined) return refuse(200570, `invalid image keys: ${image}`);
  const bare = content.match(/[Hh][Tt][Tt][Pp][Ss]?:\/\/[\x21-\x7e]*\P{ASCII}/u);
  return bare === null ? undefined : refuse(200621, `invalid url: ${bare[0]}`);
}

const callers = new Set(['select_static', 'overflow']);

/** Ids and addresses of everything that is live in the card. */
function liveParts(elements: readonly Record<string, unknown>[]): { mentions: string[]; urls: string[] } {
  const mentions: string[] = [];
  const urls: string[] = [];
  for (const element of elements) {
    const { tag, content, behaviors } = element;
    if ((tag === 'markdown' || tag === 'lark_md') && typeof content === 'string') {
      const { tags, links } = readMarkdown(content);
      urls.push(...links);
      for (const { name, source } of tags) {
        const id = name === 'at' ? /\bids?=["']?([^\s"'>]+)/.exec(source)?.[1] : undefined;
        if (id !== undefined) mentions.push(...id.split(','));
        urls.push(...[...source.matchAll(/(?:href|url)=["']?([^\s"'>]+)/g)].flatMap(([, url]) => url ?? []));
      }
    }
    for (const behavior of Array.isArray(behaviors) ? behaviors : [])
      if (isRecord(behavior) && typeof behavior.default_url === 'string') urls.push(behavior.default_url);
  }
  return { mentions, urls };
}

/** The card's text as a reader sees it, element by element. */
function seen(card: z.infer<typeof CardSchema>): SeenCard {
  const lines: string[] = [];
  for (const element of tagged(card.body)) {
    if (typeof element.content !== 'string') continue;
    lines.push(element.tag === 'markdown' ? readMarkdown(element.content).text : element.content);
  }
  return {
    title: card.header?.title.content ?? '',
    subtitle: card.header?.subtitle?.content ?? '',
    color: card.header?.template ?? 'default',
    text: lines.join('\n'),
  };
}

export interface Sender {
  /** False for a custom bot: nothing calls back there. Default: true. */
  readonly callbacks?: boolean;
}

/**
 * Judges a card as the platform does: unknown properties, values, the limit of 200 tagged elements, unique element ids, nesting, at
 * most three tables, the specification of charts, and Markdown that would fail the send.
 */
export function judgeCard(card: unknown, { callbacks = true }: Sender = {}): CardVerdict {
  const parsed = CardSchema.safeParse(card);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) return schemaVerdict(card, issue);
  if (!parsed.success) return refuse(200621, 'parse card json err');
  const elements = tagged(card);
  if (elements.length > 200) return refuse(11310, `element exceeds the limit, ${elements.length} > 200`);
  if (depthOf(card) > deepest) return refuse(200621, `nested deeper than ${deepest} levels`);
  const ids = elements.map((element) => element.element_id).filter((id) => id !== undefined);
  if (new Set(ids).size < ids.length) return refuse(300301, 'duplicate element_id');
  let tables = 0;
  for (const element of elements) {
    const trouble = elementTrouble(element, callbacks);
    if (trouble !== undefined) return trouble;
    if (element.tag === 'markdown' && typeof element.content === 'string')
      tables += readMarkdown(element.content).blocks.filter((block) => block === 'table_open').length;
  }
  if (tables > 3) return refuse(11310, 'card table number over limit');
  return { ok: true, seen: seen(parsed.data), ...liveParts(elements) };
}

function elementTrouble(element: Record<string, unknown>, callbacks: boolean): CardVerdict | undefined {
  const { tag, behaviors } = element;
  if (tag === 'chart') {
    const issue = ChartSpec.safeParse(element.chart_spec).error?.issues[0];
    if (issue !== undefined)
      return refuse(200550, `chart spec invalid; ErrPath: ${issue.path.join('.')}; ${issue.message}`);
  }
  if ((tag === 'markdown' || tag === 'lark_md') && typeof element.content === 'string')
    return markdownTrouble(element.content);
  const calls =
    callers.has(String(tag)) ||
    (Array.isArray(behaviors) && behaviors.some((each) => isRecord(each) && each.type === 'callback'));
  return calls && !callbacks ? refuse(200621, 'a custom bot has no callbacks') : undefined;
}
