export { type Part, parts, type Status } from './check.ts';
export { checks } from './checks/index.ts';
export { checkNames, type ExamineOptions, examine, type Report } from './examine.ts';
