import type { Logger } from 'pino';
import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';

type App = Config['feishuApps'][string];
type Sdk = typeof import('@larksuiteoapi/node-sdk');

export interface LongConnectionOptions {
  /** The name of the app in the configuration. */
  readonly name: string;
  readonly app: App;
  readonly logger: Logger;
  /** Answers an event within 3 seconds; what it gives goes back to who clicked. Never rejects. */
  readonly answer: (body: unknown) => Promise<object>;
}

/** An open connection over which the platform sends an app's events. */
export interface LongConnection {
  health(): DependencyHealth;
  close(): void;
}

const handshakeMs = 10_000;
/** No sign of life for so long after a ping: the connection is dead, whatever TCP says. */
const pingTimeoutSeconds = 15;
/** The SDK gives up for good where the platform is busy or the credentials are wrong; both can be mended without us. */
const firstRestartMs = 5_000;
const longestRestartMs = 5 * 60_000;

/**
 * Opens an app's long connection with the platform's own SDK, and opens it again for as long as it takes. The SDK is read only now: it is
 * large, and most installations with a custom bot never need it.
 */
export async function openLongConnection(options: LongConnectionOptions): Promise<LongConnection> {
  return new SupervisedConnection(options, await import('@larksuiteoapi/node-sdk'));
}

class SupervisedConnection implements LongConnection {
  readonly #options: LongConnectionOptions;
  readonly #sdk: Sdk;
  #client: InstanceType<Sdk['WSClient']>;
  #trouble = 'connecting';
  #restarts = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: LongConnectionOptions, sdk: Sdk) {
    this.#options = options;
    this.#sdk = sdk;
    this.#client = this.#start();
  }

  health(): DependencyHealth {
    const { name } = this.#options;
    // `ok` in either case: the gateway's pages, links and API serve on, and to take them away would mend nothing.
    const { state } = this.#client.getConnectionStatus();
    if (state === 'connected') return { name: `feishu:${name}`, ok: true, detail: 'long connection is open' };
    return {
      name: `feishu:${name}`,
      ok: true,
      detail: `the long connection is not open (${state}); ${this.#trouble}`,
      remedy: 'check appId, appSecret and that the app subscribes to events over a long connection',
    };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client.close({ force: true });
  }

  #start(): InstanceType<Sdk['WSClient']> {
    const { name, app, answer } = this.#options;
    const { WSClient, EventDispatcher, LoggerLevel } = this.#sdk;
    const logger = this.#voice();
    const client = new WSClient({
      appId: app.appId,
      appSecret: app.appSecret,
      domain: app.baseUrl,
      logger,
      loggerLevel: LoggerLevel.info,
      handshakeTimeoutMs: handshakeMs,
      wsConfig: { pingTimeout: pingTimeoutSeconds },
      onReady: () => this.#connected(),
      onReconnected: () => this.#connected(),
      onError: (error) => this.#gaveUp(messageOf(error)),
    });
    const eventDispatcher = new EventDispatcher({ logger, loggerLevel: LoggerLevel.info }).register({
      'card.action.trigger': (data: unknown) => answer(data),
    });
    client.start({ eventDispatcher }).catch((error: unknown) => this.#gaveUp(messageOf(error)));
    this.#options.logger.info(`feishu: the long connection of ${name} is being opened`);
    return client;
  }

  #connected(): void {
    this.#restarts = 0;
    this.#trouble = '';
    this.#options.logger.info(`feishu: the long connection of ${this.#options.name} is open`);
  }

  #gaveUp(why: string): void {
    if (this.#isClosed) return;
    this.#trouble = why;
    const wait = Math.min(firstRestartMs * 2 ** this.#restarts, longestRestartMs);
    this.#restarts += 1;
    this.#options.logger.error(
      `feishu: the long connection of ${this.#options.name} is closed: ${why}; next try in ${wait / 1000} s`,
    );
    this.#client.close({ force: true });
    this.#timer = setTimeout(() => {
      this.#client = this.#start();
    }, wait);
  }

  /** What the SDK says, as ours. What it says at its lower levels has addresses with tickets in them, and people's clicks. */
  #voice() {
    const say = (...parts: unknown[]): void => {
      this.#trouble = parts
        .flat()
        .map(String)
        .filter((part) => part !== '[ws]')
        .join(' ')
        .slice(0, 300);
      this.#options.logger.warn(`feishu: ${this.#options.name}: ${this.#trouble}`);
    };
    const quiet = (): void => undefined;
    return { error: say, warn: say, info: quiet, debug: quiet, trace: quiet };
  }
}
