import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type HookAnswer, type HookRequest, HookServer } from '../hook-server.ts';

const Link = z.strictObject({ text: z.string().min(1), url: z.url() });

/** What a request of version 1 has, as docs/channels.md describes it; nothing else may be in it but inside `finding`. */
const Common = {
  version: z.literal(1),
  id: z.string().min(1),
  channel: z.string().min(1),
  sentAt: z.iso.datetime(),
  title: z.string().min(1),
  text: z.string().min(1),
};
const Row = z.strictObject({
  id: z.string(),
  service: z.string(),
  title: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  reason: z.string(),
  count: z.int().positive(),
  firstSeen: z.iso.datetime(),
});
const Payload = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('finding'),
    ...Common,
    group: z.string().min(1),
    reason: z.string(),
    meantFor: z.string().optional(),
    finding: z.looseObject({
      id: z.string(),
      revision: z.int().positive(),
      state: z.enum(['open', 'acknowledged', 'resolved']),
      severity: z.enum(['info', 'warning', 'critical']),
      service: z.string(),
      title: z.string(),
    }),
    others: z.array(z.looseObject({ id: z.string(), title: z.string() })),
    otherCount: z.int().nonnegative(),
    mentions: z.array(z.strictObject({ name: z.string() })),
    links: z.array(Link),
    actions: z.array(Link.extend({ action: z.string() })),
  }),
  z.strictObject({
    kind: z.literal('digest'),
    ...Common,
    findings: z.array(Row).min(1),
    waiting: z.int().nonnegative(),
  }),
]);
export type SeenHook = z.infer<typeof Payload> & { readonly key: string };

const freshSeconds = 300;

/** A receiver of the generic webhook as docs/channels.md tells people to write one: signature, age, each request once. */
export class WebhookStandIn extends HookServer<SeenHook> {
  constructor(options: { readonly secret?: string; readonly giveIds?: boolean } = {}) {
    const taken = new Set<string>();
    const refuse = (status: number, error: string): HookAnswer<SeenHook> => ({
      status,
      body: JSON.stringify({ error }),
    });
    super((request) => {
      if (request.method !== 'POST' || request.path !== '/hooks/stand-in-3f9c')
        return refuse(404, `there is no ${request.path}`);
      if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
        return refuse(415, 'send application/json');
      const wrong = options.secret === undefined ? undefined : signatureProblem(request, options.secret);
      if (wrong !== undefined) return refuse(401, wrong);
      const key = String(request.headers['idempotency-key'] ?? '');
      if (!/^[\x21-\x7e]{1,50}$/.test(key)) return refuse(400, 'there is no Idempotency-Key');
      const payload = Payload.safeParse(json(request.body));
      if (!payload.success) return refuse(422, z.prettifyError(payload.error));
      const id = { status: 200, body: JSON.stringify(options.giveIds === true ? { id: `T-${key}` } : {}) };
      if (taken.has(key)) return id;
      taken.add(key);
      return { ...id, seen: { ...payload.data, key } };
    });
  }

  get webhook(): string {
    return `${this.origin}/hooks/stand-in-3f9c`;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says that it is nothing.
    return undefined;
  }
}

function signatureProblem({ headers, body, at }: HookRequest, secret: string): string | undefined {
  const timestamp = String(headers['x-logpatrol-timestamp'] ?? '');
  if (!/^\d{10}$/.test(timestamp)) return 'there is no X-Logpatrol-Timestamp';
  if (Math.abs(at / 1000 - Number(timestamp)) > freshSeconds) return 'the request is not fresh';
  const given = Buffer.from(String(headers['x-logpatrol-signature'] ?? ''));
  const expected = Buffer.from(
    `v1=${createHmac('sha256', secret).update(`v1:${timestamp}:${body}`).digest('hex')}`,
  );
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? undefined
    : 'the signature is wrong';
}
