import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { Screen } from './screen.ts';

/** What a terminal of a size is sent. */
class Recorder extends EventEmitter {
  columns = 10;
  rows = 3;
  sent = '';

  write(text: string): void {
    this.sent += text;
  }

  resize(columns: number, rows: number): void {
    Object.assign(this, { columns, rows, sent: '' });
    this.emit('resize');
  }
}

it('draws for the size that the terminal has, and leaves no trace', () => {
  const listening = process.listenerCount('exit');
  const terminal = new Recorder();
  const screen = new Screen(terminal, ({ columns }) => ['a', 'b'.repeat(columns), 'c', 'd']);
  expect(terminal.sent).toBe('\u001b[?1049h\u001b[?25l\u001b[Ha\u001b[K\r\nbbbbbbbbbb\r\nc\u001b[K');
  terminal.resize(4, 6);
  expect(terminal.sent).toBe('\u001b[Ha\u001b[K\r\nbbbb\r\nc\u001b[K\r\nd\u001b[K\r\n\u001b[J');
  // A process that ends by itself gives the terminal back, too.
  expect(process.listenerCount('exit')).toBe(listening + 1);
  screen.close();
  expect(terminal.sent.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  expect([terminal.listenerCount('resize'), process.listenerCount('exit')]).toEqual([0, listening]);
});
