import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { CreateClient } from '../client.ts';
import { createCluster, send } from '../internals.ts';
import { whileSettling } from '../settling.ts';
import { FlexibleReader, FlexibleWriter } from './flexible.ts';

/** https://kafka.apache.org/protocol.html#protocol_api_keys; kafkajs knows neither. */
const describeUserScramCredentials = 50;
const alterUserScramCredentials = 51;

/** SCRAM-SHA-512, by KIP-554. */
const sha512 = 2;

/**
 * The fewest that Kafka takes. More would make it dearer to guess a password from what the cluster keeps, and each connection
 * that is opened; ours are 32 random bytes, which nobody guesses.
 */
const iterations = 4096;

const none = 0;
const clusterAuthorizationFailed = 31;
const resourceNotFound = 91;

/** What a broker refuses, with the name that `failure.ts` sorts by. */
class ScramError extends Error {
  override readonly name = 'KafkaJSProtocolError';
  readonly type: string;

  constructor(code: number, message: string) {
    super(message === '' ? `error ${code}` : message);
    this.type = code === clusterAuthorizationFailed ? 'CLUSTER_AUTHORIZATION_FAILED' : `error ${code}`;
  }
}

/** Names of the users that have a password for SCRAM-SHA-512. @throws what kafkajs throws */
export async function scramUsers(createClient: CreateClient): Promise<Set<string>> {
  // an empty list asks for all: a list of names is refused whole for one of them that is not there
  const body = new FlexibleWriter().array([], () => {}).end();
  return ask(createClient, describeUserScramCredentials, 'DescribeUserScramCredentials', body, (reader) => {
    reader.int32();
    const code = reader.int16();
    const message = reader.string();
    if (code !== none && code !== resourceNotFound) throw new ScramError(code, message);
    const users = reader.array(() => {
      const user = reader.string();
      reader.int16();
      reader.string();
      const mechanisms = reader.array(() => {
        const mechanism = reader.int8();
        reader.int32();
        reader.end();
        return mechanism;
      });
      reader.end();
      return { user, mechanisms };
    });
    return new Set(users.filter(({ mechanisms }) => mechanisms.includes(sha512)).map(({ user }) => user));
  });
}

/** Makes users, or gives them another password. @throws what kafkajs throws */
export async function setScramPasswords(
  createClient: CreateClient,
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  const upserts = await Promise.all(
    [...passwords].map(async ([user, password]) => {
      const salt = randomBytes(32);
      const salted = await promisify(pbkdf2)(password, salt, iterations, 64, 'sha512');
      return { user, salt, salted };
    }),
  );
  const body = new FlexibleWriter()
    .array([], () => {})
    .array(upserts, (writer, { user, salt, salted }) =>
      writer.string(user).int8(sha512).int32(iterations).buffer(salt).buffer(salted).end(),
    )
    .end();
  await alter(createClient, body);
}

/** Takes users away. @throws what kafkajs throws */
export async function deleteScramUsers(createClient: CreateClient, users: readonly string[]): Promise<void> {
  const body = new FlexibleWriter()
    .array(users, (writer, user) => writer.string(user).int8(sha512).end())
    .array([], () => {})
    .end();
  await alter(createClient, body);
}

function alter(createClient: CreateClient, body: FlexibleWriter): Promise<void> {
  return ask(createClient, alterUserScramCredentials, 'AlterUserScramCredentials', body, (reader) => {
    reader.int32();
    reader.array(() => {
      const user = reader.string();
      const code = reader.int16();
      const message = reader.string();
      reader.end();
      if (code !== none) throw new ScramError(code, `user ${user}: ${message}`);
    });
  });
}

/** Asks the cluster by version 0 of an API, which is flexible: its heads end with tagged fields too. */
async function ask<T>(
  createClient: CreateClient,
  apiKey: number,
  apiName: string,
  body: FlexibleWriter,
  read: (reader: FlexibleReader) => T,
): Promise<T> {
  return whileSettling(async () => {
    const cluster = createCluster(createClient());
    try {
      await cluster.connect();
      await cluster.refreshMetadata();
      const bytes = Buffer.concat([new FlexibleWriter().end().bytes(), body.bytes()]);
      const answer = await send(await cluster.findControllerBroker(), {
        apiKey,
        apiVersion: 0,
        apiName,
        body: bytes,
      });
      const reader = new FlexibleReader(answer);
      reader.end();
      return read(reader);
    } finally {
      cluster.disconnect().catch(() => {}); // it has told what it should
    }
  });
}
