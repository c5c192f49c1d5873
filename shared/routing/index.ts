export { channelsOfType } from './channels.ts';
export type { Check } from './conditions.ts';
export { drillChannel } from './drill.ts';
export { type ExplainedDestination, type Explanation, explainRouting } from './explain.ts';
export { type Meant, meantBy, type PeopleSettings, type Preferences, type Wish, wishOf } from './people.ts';
export {
  type Destination,
  type Escalation,
  type LookedAt,
  type Routing,
  type RoutingSettings,
  routeFinding,
} from './route.ts';
