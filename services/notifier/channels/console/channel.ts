import type { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { messageOf } from '#shared/errors/index.ts';
import { renderText } from '../../cards/index.ts';
import type { Channel, SendOutcome } from '../channel.ts';

/** The cards as text on a stream, standard output unless told otherwise; coloured on a terminal that wants colour. */
export function openConsoleChannel(
  mask: (text: string) => string,
  stream: Writable = process.stdout,
): Channel {
  const color = stream instanceof WriteStream && stream.hasColors();
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    limits: { perSecond: Number.POSITIVE_INFINITY, perMinute: Number.POSITIVE_INFINITY, inFlight: 1 },
    send: (message, { language }) =>
      new Promise<SendOutcome>((resolve) => {
        stream.write(renderText(message, { language, timeZone, mask, color }), (error) =>
          resolve(
            error instanceof Error
              ? {
                  kind: 'failed',
                  cause: 'retryable',
                  error: `cannot write to the console: ${messageOf(error)}`,
                }
              : { kind: 'sent' },
          ),
        );
      }),
  };
}
