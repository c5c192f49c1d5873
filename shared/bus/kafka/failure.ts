import { LogpatrolError, messageOf } from '#shared/errors/index.ts';

/** Protocol errors that say that another producer has taken the transactional id over, or that the broker ended the transaction. */
const fencing = new Set([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'TRANSACTION_COORDINATOR_FENCED',
  'INVALID_TXN_STATE',
  'UNKNOWN_PRODUCER_ID',
]);

/** PRODUCER_FENCED, which kafkajs does not know by name. https://kafka.apache.org/protocol.html#protocol_error_codes */
const producerFencedCode = 90;

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const refused = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
]);

/** The chain of an error and what caused it, outermost first. kafkajs wraps what it gives up on, sometimes twice. */
function* causes(thrown: unknown): Generator<object> {
  let at = thrown;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth += 1) {
    yield at;
    at = 'cause' in at ? at.cause : undefined;
  }
}

/** The protocol error's name (`INVALID_PRODUCER_EPOCH`, …) that is at the bottom of what kafkajs threw. */
export function protocolError(thrown: unknown): string | undefined {
  for (const error of causes(thrown)) {
    if ('code' in error && error.code === producerFencedCode) return 'INVALID_PRODUCER_EPOCH';
    if ('type' in error && typeof error.type === 'string') return error.type;
  }
  return undefined;
}

/** Whether a codec, a certificate or a password is at fault: nothing that a retry would mend. */
function isRefused(thrown: unknown): boolean {
  for (const error of causes(thrown)) {
    if ('name' in error && error.name === 'KafkaJSSASLAuthenticationError') return true;
    if ('type' in error && typeof error.type === 'string' && refused.has(error.type)) return true;
  }
  return false;
}

/** Whether it comes from kafkajs or from a socket, and not from a stage or a defect of ours. */
export function isFromKafka(thrown: unknown): boolean {
  for (const error of causes(thrown)) {
    if ('name' in error && typeof error.name === 'string' && error.name.startsWith('KafkaJS')) return true;
    if ('code' in error && typeof error.code === 'string' && error.code.startsWith('E')) return true;
  }
  return false;
}

/**
 * What kafkajs threw as an error that says what was wrong and what to do.
 *
 * @param doing what was being done, as "read logs.app"
 * @param brokers where, as `host:port,…`
 */
export function toLogpatrolError(thrown: unknown, doing: string, brokers: string): LogpatrolError {
  for (const error of causes(thrown)) if (error instanceof LogpatrolError) return error;
  const type = protocolError(thrown);
  const options = { cause: thrown };
  const why = messageOf(thrown);
  if (type !== undefined && fencing.has(type))
    return new LogpatrolError(
      'fenced',
      `Kafka: could not ${doing}, for another has taken over (${why})`,
      options,
    );
  if (type !== undefined && tooLarge.has(type))
    return new LogpatrolError(
      'poison',
      `Kafka: could not ${doing}: a record is larger than its topic's max.message.bytes (${why})`,
      options,
    );
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION')
    return new LogpatrolError(
      'unreachable',
      `Kafka: could not ${doing}, for a topic is missing: run logpatrol setup (${why})`,
      options,
    );
  if (isRefused(thrown))
    return new LogpatrolError(
      'unreachable',
      `Kafka at ${brokers} refused to ${doing}: check kafka.sasl and the rights of its user (${why})`,
      options,
    );
  return new LogpatrolError(
    'unreachable',
    `Kafka at ${brokers}: could not ${doing}; check that the broker runs and is reachable (${why})`,
    options,
  );
}
