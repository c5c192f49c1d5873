import { stripVTControlCharacters } from 'node:util';
import { columnsOf } from '../cut-to-columns.ts';

/** Control sequences (xterm, ECMA-48): the alternate screen and back, cursor hidden and shown, home, rest of line or screen erased. */
const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const home = '\x1b[H';
const eraseLine = '\x1b[K';
const eraseBelow = '\x1b[J';

/** The part of a terminal that a screen needs. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/**
 * A page that is drawn over itself in a terminal's alternate screen: what stood there before is there again after `close`, and also
 * where the process ends by an exception or its own exit.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #compose: (size: { columns: number; rows: number }) => readonly string[];
  readonly #redraw = (): void => this.draw();
  readonly #leave = (): void => void this.#terminal.write(leave);

  /** @param compose the lines for a size, each no wider than it; what does not fit in height is cut */
  constructor(terminal: Terminal, compose: (size: { columns: number; rows: number }) => readonly string[]) {
    this.#terminal = terminal;
    this.#compose = compose;
    terminal.write(enter);
    process.on('exit', this.#leave);
    // What is said of a defect is said after that, and would be gone with the screen.
    process.on('uncaughtExceptionMonitor', this.#leave);
    terminal.on('resize', this.#redraw);
    this.draw();
  }

  /** In one write, so that nothing flickers. */
  draw(): void {
    const { columns, rows } = this.#terminal;
    const lines = this.#compose({ columns, rows }).slice(0, rows);
    // A line that is as wide as the terminal has no rest to be erased; erasing would take its last character.
    const drawn = lines.map((line) =>
      columnsOf(stripVTControlCharacters(line)) >= columns ? line : `${line}${eraseLine}`,
    );
    this.#terminal.write(`${home}${drawn.join('\r\n')}${lines.length < rows ? `\r\n${eraseBelow}` : ''}`);
  }

  close(): void {
    this.#terminal.off('resize', this.#redraw);
    process.off('exit', this.#leave);
    process.off('uncaughtExceptionMonitor', this.#leave);
    this.#leave();
  }
}
