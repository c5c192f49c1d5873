export { eventRules } from './events/event-rules.ts';
export { type HardwareEventsOptions, hardwareEventsGroup, hardwareEventsStage } from './events/stage.ts';
export { type ReadingsStageOptions, readingRules, readingsGroup, readingsStage } from './readings/index.ts';
