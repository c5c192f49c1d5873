export { type BoardOptions, type ControlBoard, openControlBoard } from './board.ts';
export { ControlBook, stateOf, type Undone } from './book.ts';
export { type FeedbackAnswer, giveFeedback } from './feedback.ts';
export { type MaintenanceWindow, openUntil } from './maintenance.ts';
export { configured, isInForce, isInScope, type MuteFacts, mutedBy } from './muted-by.ts';
