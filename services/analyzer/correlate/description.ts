import type { Hit, Incident } from '#shared/model/index.ts';

/** Characters kept of one captured value, and values kept. */
const captureCap = 1024;
const capturesCap = 20;

/** What an incident is called and shown with. */
export type Description = Pick<
  Incident,
  | 'rule'
  | 'pack'
  | 'title'
  | 'severity'
  | 'pinned'
  | 'runbook'
  | 'captures'
  | 'template'
  | 'detail'
  | 'numbers'
  | 'atMost'
  | 'quietAfterMs'
  | 'labels'
>;

/** Of what the rule says the newest signal's word counts; the captures are those of the first. */
export function described(hit: Hit, before?: Description): Description {
  return descriptionOf({
    ...hit,
    captures: before === undefined ? hit.captures && trimCaptures(hit.captures) : before.captures,
    template: hit.template ?? before?.template,
    detail: hit.detail ?? before?.detail,
    numbers: hit.numbers ?? before?.numbers,
    labels: hit.labels,
    quietAfterMs: hit.quietAfterMs,
  });
}

/** A description, or something that has one; what is undefined is left out. */
type Describable = { readonly [Key in keyof Description]: Description[Key] | undefined } & Pick<
  Description,
  'rule' | 'pack' | 'title' | 'severity' | 'pinned'
>;

/** As it is in a published incident. */
export function descriptionOf(from: Describable): Description {
  const {
    rule,
    pack,
    title,
    severity,
    pinned,
    runbook,
    captures,
    template,
    detail,
    numbers,
    atMost,
    quietAfterMs,
    labels,
  } = from;
  return {
    ...{ rule, pack, title, severity, pinned },
    ...(runbook !== undefined && { runbook }),
    ...(captures && { captures }),
    ...(template && { template }),
    ...(detail !== undefined && { detail }),
    ...(numbers && { numbers }),
    ...(atMost && { atMost }),
    ...(quietAfterMs !== undefined && { quietAfterMs }),
    ...(labels && { labels }),
  };
}

/** An upper bound of its bytes in memory. */
export function descriptionBytes({
  captures = {},
  detail = '',
  template,
  numbers = {},
  labels = {},
}: Description): number {
  let characters = detail.length + (template?.text.length ?? 0);
  for (const value of Object.values(captures)) characters += value.length + 32;
  for (const [name, value] of Object.entries(labels)) characters += name.length + value.length + 32;
  return 2 * characters + 64 * Object.keys(numbers).length;
}

function trimCaptures(captures: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(captures)
      .slice(0, capturesCap)
      .map(([name, value]) => [name, value.slice(0, captureCap)]),
  );
}
