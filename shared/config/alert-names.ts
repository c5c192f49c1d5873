import { z } from 'zod';
import { HttpAccessView, httpAccessMistakes } from './http-mistakes.ts';
import type { Path } from './mistake.ts';

/** Names of others within the parts of the configuration that say who is told, read leniently, as in `CrossFieldView`. */
const names = z.array(z.unknown()).optional().catch(undefined);
const text = z.unknown();
const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value).optional().catch(undefined);

interface RouteView {
  name?: unknown;
  channel?: unknown;
  also?: unknown[] | undefined;
  fallback?: unknown[] | undefined;
  tell?: unknown[] | undefined;
  escalate?: { channels?: unknown[] | undefined; tell?: unknown[] | undefined }[] | undefined;
  routes?: RouteView[] | undefined;
}
const Escalation = z.object({ channels: names, tell: names }).catch({});
const RouteView: z.ZodType<RouteView> = z
  .object({
    name: text,
    channel: text,
    also: names,
    fallback: names,
    tell: names,
    escalate: z.array(Escalation).optional().catch(undefined),
    get routes() {
      return z.array(RouteView).optional().catch(undefined);
    },
  })
  .partial()
  .catch({});

export const AlertNamesView = z.object({
  channels: record(z.object({ type: text, app: text, actions: text }).partial().catch({})),
  feishuApps: record(z.object({ callbacks: text }).partial().catch({})),
  routing: RouteView.optional(),
  operator: z.object({ channel: text }).partial().optional().catch(undefined),
  drill: z.object({ channel: text }).partial().optional().catch(undefined),
  people: record(z.object({ role: text, channel: text }).partial().catch({})),
  teams: record(z.object({ members: names }).partial().catch({})),
  interaction: z
    .object({ roles: record(text), defaultRole: text, linkRole: text })
    .partial()
    .optional()
    .catch(undefined),
  http: HttpAccessView.optional().catch(undefined),
});
export type AlertNamesView = z.infer<typeof AlertNamesView>;

interface Found {
  readonly path: Path;
  readonly message: string;
}

/** The roles that there are where the configuration names none. */
const defaultRoles = ['viewer', 'responder'];

/** Names in who is told that are names of nothing, and settings that need another one. */
export function alertNameMistakes(view: AlertNamesView, channels: readonly string[]): Found[] {
  const people = Object.keys(view.people ?? {});
  const teams = Object.keys(view.teams ?? {});
  const roles = view.interaction?.roles === undefined ? defaultRoles : Object.keys(view.interaction.roles);
  const found: Found[] = [];
  const check = (name: unknown, known: readonly string[], path: Path, message: string): void => {
    if (typeof name === 'string' && !known.includes(name))
      found.push({ path, message: message.replace('%', `"${name}"`) });
  };
  const each = (list: unknown[] | undefined, known: readonly string[], path: Path, message: string): void => {
    for (const [index, name] of (list ?? []).entries()) check(name, known, [...path, index], message);
  };
  const noChannel = 'there is no channel % under channels';
  const nobody = 'there is nobody % under people or teams';
  const walk = (route: RouteView, path: Path): void => {
    check(route.channel, channels, [...path, 'channel'], noChannel);
    each(route.also, channels, [...path, 'also'], noChannel);
    each(route.fallback, channels, [...path, 'fallback'], noChannel);
    for (const [index, name] of (route.fallback ?? []).entries())
      if (name !== undefined && name === route.channel)
        found.push({
          path: [...path, 'fallback', index],
          message: 'a channel cannot take its own place; name another',
        });
    each(route.tell, [...people, ...teams], [...path, 'tell'], nobody);
    for (const [index, step] of (route.escalate ?? []).entries()) {
      each(step.channels, channels, [...path, 'escalate', index, 'channels'], noChannel);
      each(step.tell, [...people, ...teams], [...path, 'escalate', index, 'tell'], nobody);
    }
    const before = new Set<unknown>();
    for (const [index, inner] of (route.routes ?? []).entries()) {
      const at = [...path, 'routes', index];
      const { name } = inner;
      if (name !== undefined && before.has(name))
        found.push({ path: [...at, 'name'], message: `another route beside it is called "${name}"` });
      before.add(name);
      walk(inner, at);
    }
  };
  if (view.routing !== undefined) walk(view.routing, ['routing']);
  check(view.operator?.channel, channels, ['operator', 'channel'], noChannel);
  check(view.drill?.channel, channels, ['drill', 'channel'], noChannel);
  for (const [who, { role, channel }] of Object.entries(view.people ?? {})) {
    check(channel, channels, ['people', who, 'channel'], noChannel);
    check(role, roles, ['people', who, 'role'], 'there is no role % under interaction.roles');
  }
  for (const [team, { members }] of Object.entries(view.teams ?? {})) {
    each(members, people, ['teams', team, 'members'], 'there is nobody % under people');
    if (people.includes(team))
      found.push({ path: ['teams', team], message: 'somebody under people is called so too' });
  }
  for (const key of ['defaultRole', 'linkRole'] as const)
    check(view.interaction?.[key], roles, ['interaction', key], 'there is no role % under interaction.roles');
  for (const [name, channel] of Object.entries(view.channels ?? {}))
    if (channel.type === 'feishu-app')
      check(
        channel.app ?? 'main',
        Object.keys(view.feishuApps ?? {}),
        ['channels', name, 'app'],
        'there is no app % under feishuApps',
      );
  if (view.http?.publicUrl !== undefined && view.http.linkKey === undefined)
    found.push({
      path: ['http', 'publicUrl'],
      message: 'needs http.linkKey too, which signs the links (LOGPATROL_HTTP_LINK_KEY)',
    });
  return [...found, ...httpAccessMistakes(view.http ?? {}, roles)];
}
