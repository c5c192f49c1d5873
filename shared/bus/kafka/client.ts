import { type ISocketFactory, Kafka, type logCreator, logLevel, type SASLOptions } from 'kafkajs';
import type { Logger } from 'pino';
import type { Config } from '#shared/config/index.ts';
import { readPem } from '#shared/tls/index.ts';

export type KafkaSettings = NonNullable<Config['kafka']>;

/** Makes a client of its own: clients that share one share their idea of what is committed, and spoil each other's. */
export type CreateClient = () => Kafka;

/**
 * How a request that failed is tried again before the adapter hears of it: about two seconds in all, well below the
 * transaction's time-out of 10 s. What lasts longer is an outage, and the adapter's own loops see it through.
 */
const retry = { initialRetryTime: 50, multiplier: 2, factor: 0.2, maxRetryTime: 1000, retries: 5 };

/**
 * Makes clients for the configured cluster. Nothing is connected yet.
 *
 * @param socketFactory how to connect, where not as kafkajs does
 */
export function clientFactory(
  settings: KafkaSettings,
  clientId: string,
  logger: Logger,
  socketFactory?: ISocketFactory,
): CreateClient {
  const { sasl, tls, caFile } = settings;
  const ssl = caFile === undefined ? tls : { ca: [readPem(caFile, 'kafka.caFile')] };
  return () =>
    new Kafka({
      clientId,
      brokers: settings.brokers,
      ssl,
      ...(sasl && { sasl: saslOptions(sasl) }),
      connectionTimeout: 3000,
      authenticationTimeout: 10_000,
      requestTimeout: 15_000,
      retry,
      ...(socketFactory && { socketFactory }),
      logLevel: logger.isLevelEnabled('trace') ? logLevel.INFO : logLevel.WARN,
      logCreator: logTo(logger),
    });
}

function saslOptions({ mechanism, username, password }: NonNullable<KafkaSettings['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}

/**
 * kafkajs calls each retry an error, although most of them are part of the day (a coordinator that loads, a transaction
 * that still settles). All that fails for good comes back to the adapter as a rejection, which tells it; so what kafkajs
 * says by itself is for who debugs.
 */
function logTo(logger: Logger): logCreator {
  return () =>
    ({ level, log, namespace }) => {
      const { message, timestamp: _, ...detail } = log;
      const line = `kafkajs ${namespace}: ${message}`;
      if (level === logLevel.INFO || level === logLevel.DEBUG) logger.trace(detail, line);
      else logger.debug(detail, line);
    };
}
