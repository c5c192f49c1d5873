export type { ModelSpec, Models } from './models.ts';
export type { ChatBody } from './protocol.ts';
export type { Reply } from './reply.ts';
export { sampleReply } from './sample-answer.ts';
export {
  type OllamaStandIn,
  type OllamaStandInOptions,
  type RecordedRequest,
  startOllama,
} from './server.ts';
