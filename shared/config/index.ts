export type { ChannelConfig, FeishuChannelConfig } from './channels-schema.ts';
export * from './load.ts';
export * from './schema.ts';
export * from './secrets.ts';
