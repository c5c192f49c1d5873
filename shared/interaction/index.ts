export { type FindingSource, latestFinding } from './finding.ts';
export { isAllowed, refusalOf } from './judge.ts';
export {
  type ActionAnswer,
  type ActionDesk,
  type ActionRequest,
  feedbackRecords,
  performAction,
} from './perform-action.ts';
export { actorOf, type Person, personByFeishu } from './person.ts';
export { type Refusal, underWay, type Wording, wordingOf } from './wording.ts';
