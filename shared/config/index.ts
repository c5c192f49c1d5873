export { type ChannelConfig, channelTypes } from './channels-schema.ts';
export type { FeishuAppConfig } from './feishu-apps-schema.ts';
export { apiRoles } from './http-mistakes.ts';
export * from './load.ts';
export type { RouteConfig, RoutingConfig } from './routing-schema.ts';
export * from './schema.ts';
export * from './secrets.ts';
