export { ClickResult } from './click.ts';
export { AppCommand, command, MessageState } from './control.ts';
export type { Clickable, Tampering } from './event.ts';
export { type AppApi, AppPlatform, type AppRequest, apiOf, type ClickOptions } from './platform.ts';
export type { AppSettings, ChatSettings, PersonSettings, SeenMessage } from './tenant.ts';
