import { ConfigSchema } from '#shared/config/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import type { RenderOptions } from '../cards/index.ts';

/** Options as a custom bot in Shanghai has them, with nothing to link to. */
export const renderOptions: RenderOptions = {
  config: ConfigSchema.parse({}),
  language: 'zh-CN',
  timeZone: 'Asia/Shanghai',
  maxBytes: 19_800,
  mask: createMask(),
  plain: false,
  buttons: 'links',
  canUpdate: false,
  now: Date.parse('2026-11-21T01:00:05.000Z'),
};
