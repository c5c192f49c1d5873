import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/**
 * For tests: the line between a client and its broker, which can be stalled (nothing goes through, and nothing is lost, as
 * with a process that is stopped) or cut (as with one that is killed, or a broker that is away).
 */
export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isStalled = false;
  #isCut = false;
  #trap: { readonly apiKey: number; readonly what: 'request' | 'answer' } | undefined;

  private constructor(host: string, port: number, ca: string | undefined) {
    this.#server = createServer({ pauseOnConnect: true }, (near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      const far = ca === undefined ? connect(port, host) : connectTls({ host, port, ca });
      const sprung = { isSprung: false };
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('data', (data: Buffer) => {
          if (this.#isTrapped(socket === near ? data : undefined, sprung)) {
            near.destroy();
            return;
          }
          if (!other.write(data)) socket.pause();
        });
        other.on('drain', () => this.#flow(socket));
        socket.on('error', () => {}); // the other end closes with it
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        this.#flow(socket);
      }
    });
  }

  /**
   * @param address host:port of the broker
   * @param ca of a broker that speaks TLS: the line speaks it with it, and plainly with the client, whose requests it has to know
   */
  static async open(address: string, ca?: string): Promise<Line> {
    const [host = '', port = ''] = address.split(':');
    const line = new Line(host, Number(port), ca);
    await new Promise<void>((resolve) => {
      line.#server.listen(0, '127.0.0.1', resolve);
    });
    return line;
  }

  /** Connects kafkajs by this line, wherever it wants to go. */
  readonly socketFactory: ISocketFactory = ({ onConnect }) => {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the line is closed');
    const socket = connect(address.port, '127.0.0.1', onConnect);
    socket.setNoDelay(true);
    return socket;
  };

  stall(): void {
    this.#isStalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  wake(): void {
    this.#isStalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets new connections through after `cut`, as when a broker is back. */
  mend(): void {
    this.#isCut = false;
  }

  /**
   * Once: breaks the connection of the next request of this kind, instead of passing it on, or instead of passing on its answer.
   *
   * @param apiKey as in https://kafka.apache.org/protocol.html#protocol_api_keys
   */
  lose(what: 'request' | 'answer', apiKey: number): void {
    this.#trap = { what, apiKey };
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  /** @param request what the client sends (one request, as kafkajs writes them); undefined where the broker answers */
  #isTrapped(request: Buffer | undefined, connection: { isSprung: boolean }): boolean {
    if (request === undefined) return connection.isSprung;
    const trap = this.#trap;
    if (trap === undefined || request.length < 6 || request.readInt16BE(4) !== trap.apiKey) return false;
    this.#trap = undefined;
    connection.isSprung = true;
    return trap.what === 'request';
  }

  #flow(socket: Socket): void {
    if (this.#isStalled) socket.pause();
    else socket.resume();
  }
}
