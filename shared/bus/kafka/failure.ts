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

/** The chain of an error and what caused it, outermost first. kafkajs wraps what it gives up on, sometimes twice; of several it tells the first. */
function* causes(thrown: unknown): Generator<object> {
  let at = thrown;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth += 1) {
    yield at;
    if ('errors' in at && Array.isArray(at.errors) && at.errors.length > 0) at = at.errors[0];
    else at = 'cause' in at ? at.cause : undefined;
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

/** What is done about refusals that no retry mends until somebody does it; by what stands in the error. */
const remedies: readonly { readonly sign: RegExp; readonly remedy: string }[] = [
  {
    sign: /UNSUPPORTED_SASL_MECHANISM|mechanism .*(?:not enabled|not supported|unsupported)/i,
    remedy: 'its listener takes another kafka.sasl.mechanism',
  },
  {
    sign: /SASLAuthenticationError|SASL_AUTHENTICATION_FAILED/,
    remedy: 'it takes neither this user nor this password: check kafka.sasl',
  },
  {
    sign: /AUTHORIZATION_FAILED/,
    remedy:
      'the user of kafka.sasl may not: give it its rights with `logpatrol setup --secrets DIR`, or run this as one who may (with compose `docker compose run --rm setup …`)',
  },
  {
    // kafkajs keeps to itself why: most of all that somebody may not use the group or the transactional id
    sign: /GroupCoordinatorNotFound/,
    remedy:
      'the user of kafka.sasl may not use its group or transactional id (`logpatrol setup --secrets DIR` gives it its rights), or the broker has just started',
  },
  {
    sign: /SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    remedy:
      'its certificate was signed by an authority that is not known here: name that one (PEM) with kafka.caFile',
  },
  { sign: /CERT_HAS_EXPIRED/, remedy: 'its certificate has ended: renew it there' },
  {
    sign: /ERR_TLS_CERT_ALTNAME_INVALID/,
    remedy: 'its certificate is not for this name: name it in kafka.brokers as its certificate does',
  },
  {
    sign: /before secure TLS connection|EPROTO|ERR_SSL_/,
    remedy: 'it speaks no TLS there: use its port for TLS, or set kafka.tls: false',
  },
  {
    sign: /ConnectionClosedError/,
    remedy:
      'it hangs up: check that the broker is up and reachable, and that kafka.tls and kafka.sasl fit its listener',
  },
];

/** What to do about what kafkajs threw. */
export function remedyOf(thrown: unknown): string {
  const signs: string[] = [];
  for (const error of causes(thrown))
    for (const key of ['name', 'type', 'code', 'message']) signs.push(String(Reflect.get(error, key)));
  const text = signs.join(' ');
  const known = remedies.find(({ sign }) => sign.test(text));
  return known?.remedy ?? 'check that the broker runs and is reachable';
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
  return new LogpatrolError(
    'unreachable',
    `Kafka at ${brokers}: could not ${doing}; ${remedyOf(thrown)} (${why})`,
    options,
  );
}
