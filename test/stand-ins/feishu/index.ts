export { type CardVerdict, judgeCard, type SeenCard } from './card-validator.ts';
export { FeishuProcess, type FeishuProcessOptions } from './client.ts';
export type { Fault } from './fault.ts';
export { type Reading, readMarkdown } from './reading.ts';
export { FeishuStandIn, type FeishuStandInOptions, type SeenRequest } from './server.ts';
