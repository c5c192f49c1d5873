export { type Language, renderFeishuCard, renderText, type TextOptions } from './cards/index.ts';
export { type NotifierOptions, start } from './main.ts';
export { testChannel } from './test-channel.ts';
