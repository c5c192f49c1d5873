export { type Digest, type DigestEntry, mostInDigest } from './digest.ts';
export {
  type CardsConfig,
  type FeishuCard,
  type RenderOptions,
  renderFeishuCard,
  renderFeishuDigest,
} from './feishu.ts';
export { renderDigestText, renderText, type TextOptions } from './text.ts';
export type { Language } from './words.ts';
