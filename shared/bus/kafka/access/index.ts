export { userName } from './accounts.ts';
export { applyKafkaAccess, type KafkaAccessOptions } from './apply.ts';
export { auditKafkaAccess, type KafkaAccessDifference, mendKafkaAccess } from './audit.ts';
export { kafkaRules, type Operation, type Resource, type Rule, resources } from './rules.ts';
