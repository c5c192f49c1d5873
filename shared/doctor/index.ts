export { examine } from './examine.ts';
export { modelHealth } from './model.ts';
