import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { common } from './channel-types/shared.ts';
import { closest } from './suggest.ts';

/** What the settings of every channel have; the rest is known to its own schema. */
const AnyChannel = z.looseObject({ type: z.string(), ...common });

const Settings = z.object({
  settings: z.instanceof(z.ZodObject).refine((schema) => schema.shape.type instanceof z.ZodLiteral),
});
const folder = new URL('channel-types/', import.meta.url);

/** The types of channels that have settings: each file of `channel-types/` but `shared.ts` is one. */
export const channelTypes: readonly string[] = readdirSync(folder)
  .map((file) => /^(?!shared\.)([a-z0-9-]+)\.ts$/.exec(file)?.[1] ?? '')
  .filter((type) => type !== '')
  .sort();

async function settingsOf(type: string): Promise<z.ZodObject> {
  const module = Settings.safeParse(await import(new URL(`${type}.ts`, folder).href));
  if (module.success && module.data.settings.shape.type.safeParse(type).success) return module.data.settings;
  throw new Error(
    `shared/config/channel-types/${type}.ts must export settings: z.strictObject({ type: z.literal('${type}'), … })`,
  );
}

const [first, ...others] = await Promise.all(channelTypes.map(settingsOf));
if (first === undefined) throw new Error(`there are no channel types in ${folder.pathname}`);

const Typed = z.object({ type: z.unknown().optional() });

/** What is said of an object whose `type` is none of them. */
function wrongType(input: unknown): string | undefined {
  const typed = Typed.safeParse(input);
  if (!typed.success) return undefined;
  const { type } = typed.data;
  const known = channelTypes.join(', ');
  if (type === undefined) return `is missing; there are ${known}`;
  const meant = closest(String(type), channelTypes);
  return `there is no type of channel ${JSON.stringify(type)}; ${
    meant === undefined ? `there are ${known}` : `did you mean ${meant}? There are ${known}`
  }`;
}

/**
 * One channel, by its type. The types are the files of `channel-types/`, each with the settings of the folder of the same name in
 * `services/notifier/channels/`: a new type is these two, and nothing else.
 */
export const ChannelConfig = z
  .discriminatedUnion('type', [first, ...others], {
    error: ({ code, input }) => (code === 'invalid_union' ? wrongType(input) : undefined),
  })
  .pipe(AnyChannel);
export type ChannelConfig = z.infer<typeof ChannelConfig>;
