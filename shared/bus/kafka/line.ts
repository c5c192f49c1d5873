import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/**
 * For tests: the line between a client and its broker, which can be stalled (nothing goes through, and nothing is lost, as
 * with a process that is stopped) or cut for good (as with one that is killed).
 */
export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isStalled = false;
  #isCut = false;

  private constructor(host: string, port: number) {
    this.#server = createServer({ pauseOnConnect: true }, (near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(port, host);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('data', (data) => {
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

  /** @param address host:port of the broker */
  static async open(address: string): Promise<Line> {
    const [host = '', port = ''] = address.split(':');
    const line = new Line(host, Number(port));
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

  close(): void {
    this.cut();
    this.#server.close();
  }

  #flow(socket: Socket): void {
    if (this.#isStalled) socket.pause();
    else socket.resume();
  }
}
