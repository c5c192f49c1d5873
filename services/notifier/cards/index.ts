export { type FeishuCard, type RenderOptions, renderFeishuCard } from './feishu.ts';
export { renderText, type TextOptions } from './text.ts';
export type { Language } from './words.ts';
