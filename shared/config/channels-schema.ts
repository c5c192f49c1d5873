import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { common } from './channel-types/shared.ts';

/** What the settings of every channel have; the rest is known to its own schema. */
const AnyChannel = z.looseObject({ type: z.string(), ...common });

const Module = z.object({ settings: z.instanceof(z.ZodObject) });
const folder = new URL('channel-types/', import.meta.url);
const files = readdirSync(folder).filter((file) => /^(?!shared\.)[a-z0-9-]+\.ts$/.test(file));
const [first, ...others] = await Promise.all(
  files.sort().map(async (file) => Module.parse(await import(new URL(file, folder).href)).settings),
);
if (first === undefined) throw new Error(`there are no channel types in ${folder.pathname}`);

/**
 * One channel, by its type. The types are the files of `channel-types/`, each with the settings of the folder of the same name in
 * `services/notifier/channels/`: a new type is these two, and nothing else.
 */
export const ChannelConfig = z.discriminatedUnion('type', [first, ...others]).pipe(AnyChannel);
export type ChannelConfig = z.infer<typeof ChannelConfig>;
