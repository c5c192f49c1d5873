import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

type UpgradeParts = [request: IncomingMessage, socket: Duplex, head: Buffer];

/** A server on 127.0.0.1, or another address of this machine, that can go down and come up again on the same port. */
export class Listener {
  readonly #take: RequestListener;
  readonly #onUpgrade: ((...parts: UpgradeParts) => void) | undefined;
  readonly #host: string;
  #server: Server | undefined;
  #port: number;

  /** @param port 0 takes any free one */
  constructor(
    take: RequestListener,
    port = 0,
    onUpgrade?: (...parts: UpgradeParts) => void,
    host = '127.0.0.1',
  ) {
    this.#take = take;
    this.#port = port;
    this.#onUpgrade = onUpgrade;
    this.#host = host;
  }

  get origin(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  /** Starts to listen, on the same port as before where it was up before. */
  async up(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer(this.#take);
    if (this.#onUpgrade !== undefined) server.on('upgrade', this.#onUpgrade);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.#host, resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#server = server;
  }

  /** Closes the port and every connection. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}
