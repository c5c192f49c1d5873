export { type HardwareEventsOptions, hardwareEventsGroup, hardwareEventsStage } from './events/stage.ts';
