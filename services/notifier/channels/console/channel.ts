import type { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { settings as schema } from '#shared/config/channel-types/console.ts';
import { messageOf } from '#shared/errors/index.ts';
import { type Language, renderDigestText, renderText } from '../../cards/index.ts';
import type { Channel, OpenChannel, Outgoing, SendOutcome } from '../channel.ts';

export const open: OpenChannel = ({ settings, mask }) => {
  schema.parse(settings);
  return consoleChannel(mask, process.stdout);
};

/** The cards as text on a stream, coloured on a terminal that wants colour. */
export function consoleChannel(mask: (text: string) => string, stream: Writable): Channel {
  const color = stream instanceof WriteStream && stream.hasColors();
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const textOf = (outgoing: Outgoing, language: Language, isColoured: boolean): string => {
    const options = { language, timeZone, mask, color: isColoured };
    return outgoing.kind === 'digest'
      ? renderDigestText(outgoing.digest, options)
      : renderText(outgoing.message, options);
  };
  return {
    limits: { perSecond: Number.POSITIVE_INFINITY, perMinute: Number.POSITIVE_INFINITY, inFlight: 1 },
    canUpdate: false,
    sharesCards: false,
    render: (outgoing, { language }) => ({ kind: 'text', text: textOf(outgoing, language, false) }),
    send: (outgoing, { language }) =>
      new Promise<SendOutcome>((resolve) => {
        stream.write(textOf(outgoing, language, color), (error) =>
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
