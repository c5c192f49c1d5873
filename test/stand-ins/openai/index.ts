export type { Reply } from './reply.ts';
export { type OpenaiStandIn, type OpenaiStandInOptions, startOpenai } from './server.ts';
