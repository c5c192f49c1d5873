import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** https://kafka.apache.org/protocol.html#The_Messages_Produce: the last version without tagged fields that needs no more of us. */
const produceKey = 0;
const produceVersion = 7;
/** The leader has written it; there is one broker. */
const acks = 1;
const timeoutMs = 30_000;

/**
 * Produce requests over one connection to a broker that leads every partition: record batches are sent as they are, which costs next
 * to nothing, for the broker and the consumers share the machine with this.
 */
export class ProduceRequests {
  readonly #socket: Socket;
  readonly #topic: string;
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #unread: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, topic: string) {
    this.#socket = socket;
    this.#topic = topic;
    socket.setNoDelay(true);
    socket.on('data', (data) => this.#read(data));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the broker has closed the connection')));
  }

  static async connect(address: string, topic: string): Promise<ProduceRequests> {
    const [host = '', port = ''] = address.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    return new ProduceRequests(socket, topic);
  }

  /** Requests that have not been answered. */
  get inFlight(): number {
    return this.#waiting.length;
  }

  /** Resolves when the broker has written it. @throws Error with the broker's error code */
  send(partition: number, batch: Buffer): Promise<void> {
    const topic = Buffer.from(this.#topic);
    const head = Buffer.alloc(40 + topic.length);
    head.writeInt32BE(head.length - 4 + batch.length, 0);
    head.writeInt16BE(produceKey, 4);
    head.writeInt16BE(produceVersion, 6);
    head.writeInt32BE(0, 8); // correlation id: answers come in order
    head.writeInt16BE(-1, 12); // client id
    head.writeInt16BE(-1, 14); // transactional id
    head.writeInt16BE(acks, 16);
    head.writeInt32BE(timeoutMs, 18);
    head.writeInt32BE(1, 22); // topics
    head.writeInt16BE(topic.length, 26);
    topic.copy(head, 28);
    let at = 28 + topic.length;
    at = head.writeInt32BE(1, at); // partitions
    at = head.writeInt32BE(partition, at);
    head.writeInt32BE(batch.length, at);
    const answer = Promise.withResolvers<void>();
    this.#waiting.push(answer);
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(batch);
    this.#socket.uncork();
    return answer.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    this.#unread = this.#unread.length === 0 ? data : Buffer.concat([this.#unread, data]);
    while (this.#unread.length >= 4) {
      const size = 4 + this.#unread.readInt32BE(0);
      if (this.#unread.length < size) return;
      // Size, correlation id, one topic and its name, one partition and its number: then the error code.
      const code = this.#unread.readInt16BE(22 + this.#unread.readInt16BE(12));
      this.#unread = this.#unread.subarray(size);
      const answer = this.#waiting.shift();
      if (code === 0) answer?.resolve();
      else answer?.reject(new Error(`the broker refused a batch with error code ${code}`));
    }
  }

  #fail(error: Error): void {
    for (const answer of this.#waiting.splice(0)) answer.reject(error);
  }
}
