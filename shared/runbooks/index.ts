export { type RunbookSelection, shippedRunbooks } from './files.ts';
export { firstSteps } from './first-steps.ts';
export { lintRunbooks, type NamedRule, type RunbookLint } from './lint.ts';
export { type RunbookReview, reviewRunbooks } from './load.ts';
export { openRunbooks, type RunbooksOptions } from './open.ts';
export type { Embedder, Runbook, RunbookHit, RunbookQuery, RunbookSection, Runbooks } from './port.ts';
