export { readMessage } from './read-message.ts';
export { channelsNamed, type QueueAsk, readQueue } from './read-queue.ts';
export { type ReplayAsk, replayDead } from './replay-dead.ts';
export * from './report.ts';
