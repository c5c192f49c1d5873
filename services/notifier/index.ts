export {
  checkTemplates,
  type Language,
  lintTemplates,
  mistakeText,
  renderFeishuCard,
  renderText,
  type TextOptions,
} from './cards/index.ts';
export { type ChannelSummary, listChannels } from './list-channels.ts';
export { type NotifierOptions, start } from './main.ts';
export { previewFindings, previewHtml } from './preview.ts';
export { testChannel } from './test-channel.ts';
