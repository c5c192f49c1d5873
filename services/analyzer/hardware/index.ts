export { eventRules } from './events/event-rules.ts';
export { hardwareEventsStage } from './events/stage.ts';
export { readingRules, readingsStage } from './readings/index.ts';
