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

/** The same with Kibana, links and people on call. */
export const linkedOptions: RenderOptions = {
  ...renderOptions,
  config: ConfigSchema.parse({
    http: { publicUrl: 'https://logpatrol.example.com', linkKey: 'a key of the tests alone' },
    kibana: { url: 'https://kibana.example.com/base', space: 'ops' },
    people: {
      'wang-fang': { name: '王芳', feishu: 'ou_7d8a6e6df7621556ce0d21922b676706' },
      'li-lei': { name: '李雷', feishu: 'ou_1d8a6e6df7621556ce0d21922b676701' },
      mail: { name: 'nobody on the platform' },
    },
  }),
};
