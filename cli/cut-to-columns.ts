import stringWidth from 'string-width';

/** Columns of a terminal that the text takes; a Chinese character takes two. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** The text cut to so many columns, an ellipsis for what is left out. */
export function cutToColumns(text: string, columns: number): string {
  if (text.length <= columns && columnsOf(text) <= columns) return text;
  let width = 0;
  let end = 0;
  // What has no width of its own may be any number of characters; a hostile line is not walked through for it.
  for (const character of text.slice(0, 4 * columns)) {
    width += columnsOf(character);
    if (width > columns - 1) break;
    end += character.length;
  }
  return end === text.length ? text : `${text.slice(0, end)}…`;
}
