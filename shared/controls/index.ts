export { audited } from './audited.ts';
export { type BoardOptions, type ControlBoard, openControlBoard } from './board.ts';
export { type Alongside, ControlBook, stateOf, type Undone } from './book.ts';
export { type FeedbackAnswer, feedbackControl, giveFeedback } from './feedback.ts';
export { type ClockWindow, type MaintenanceWindow, openUntil } from './maintenance.ts';
export { configured, isInForce, isInScope, type MuteFacts, mutedBy } from './muted-by.ts';
export { PreferenceBook } from './preference-book.ts';
