export { type AppApi, type AppRequest, apiOf } from './api.ts';
export { ClickResult } from './click.ts';
export { AppCommand, command, MessageState } from './control.ts';
export type { Clickable, Tampering } from './event.ts';
export { AppPlatform, type ClickOptions } from './platform.ts';
export type { AppSettings, ChatSettings, PersonSettings, SeenMessage } from './tenant.ts';
