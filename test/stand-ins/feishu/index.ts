export {
  type AppApi,
  AppPlatform,
  type AppSettings,
  type ChatSettings,
  type Clickable,
  type ClickOptions,
  type ClickResult,
  type PersonSettings,
  type SeenMessage,
  type Tampering,
} from './app-platform/index.ts';
export { type CardVerdict, judgeCard, type SeenCard } from './card-validator.ts';
export { FeishuProcess, type FeishuProcessOptions } from './client.ts';
export type { Api, Fault } from './fault.ts';
export { type Reading, readMarkdown } from './reading.ts';
export { FeishuStandIn, type FeishuStandInOptions, type SeenRequest } from './server.ts';
