import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Bus, Writer } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Position } from '#shared/model/index.ts';
import type { Batch } from './batch.ts';
import { readPositions } from './ledger.ts';

/** Writes batches, each exactly once, and waits for a bus that is away. */
export interface Publisher {
  /** Fences an older tail of this host, and reads where it stopped. Waits until the bus answers. */
  open(): Promise<Map<string, Position>>;
  /** Resolves when the batch is durable. @throws LogpatrolError `fenced`, or the signal's reason. */
  publish(batch: Batch): Promise<void>;
  /** What keeps it from writing now, if anything. */
  readonly trouble: string | undefined;
  close(): Promise<void>;
}

export function createPublisher(bus: Bus, host: string, logger: Logger, signal: AbortSignal): Publisher {
  let writer: Writer | undefined;
  let trouble: string | undefined;

  /** A writer of our own id ends what an earlier one of ours left undecided, so what is read afterwards is final. */
  const takeOver = async (): Promise<Map<string, Position>> => {
    const old = writer;
    writer = undefined;
    await old?.close().catch(() => {}); // It has failed already.
    writer = await bus.writer(`tail-${host}`);
    return readPositions(bus.read(topic.positions), host);
  };

  const persist = async <Result>(attempt: () => Promise<Result>): Promise<Result> => {
    const result = await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 250,
      maxTimeout: 10_000,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => isRetryable(error),
      onFailedAttempt: ({ error }) => {
        if (trouble === undefined && isRetryable(error))
          logger.warn(`Lines wait in their files, for they cannot be written: ${error.message}`);
        trouble = error.message;
      },
    });
    if (trouble !== undefined) logger.info('Lines can be written again.');
    trouble = undefined;
    return result;
  };

  return {
    open: () => persist(takeOver),
    async publish(batch) {
      let isUncertain = false;
      await persist(async () => {
        // After a failure nobody knows whether the bus has the batch; its positions tell, for they are in it.
        if (isUncertain && isWritten(batch, await takeOver())) return;
        isUncertain = true;
        writer ??= await bus.writer(`tail-${host}`);
        await writer.write(batch.records);
      });
    },
    get trouble() {
      return trouble;
    },
    async close() {
      await writer?.close();
    },
  };
}

function isRetryable(error: Error): boolean {
  return error instanceof LogpatrolError && error.action === 'retry';
}

/** The positions of a batch carry its moment and are written whole, so one of them stands for all. */
function isWritten(batch: Batch, positions: ReadonlyMap<string, Position>): boolean {
  const [ours] = batch.positions;
  if (ours === undefined) return false;
  const there = positions.get(ours.source);
  return (
    there?.offset === ours.offset &&
    there.identity.generation === ours.identity.generation &&
    there.updatedAt === ours.updatedAt
  );
}
