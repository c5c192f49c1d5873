/** Says what is wrong with a value, in a few words; undefined where nothing is. */
export type Check = (value: unknown) => string | undefined;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const text: Check = (value) => (typeof value === 'string' ? undefined : 'must be a text');
export const filledText: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty';
export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
export const anything: Check = () => undefined;
export const object: Check = (value) => (isObject(value) ? undefined : 'must be an object');

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}`;

export const like =
  (pattern: RegExp, what: string): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}`;

export const whole =
  (from: number, to: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
      ? undefined
      : `must be a whole number from ${from} to ${to}`;

const hues = 'blue carmine green indigo lime orange purple red sunflower turquoise violet wathet yellow grey';
const shades = '50|100|200|300|350|400|500|600|700|800|900';
export const color = like(
  new RegExp(`^(?:default|white|bg-white|(?:${hues.replaceAll(' ', '|')})(?:-(?:${shades}))?)$`),
  'the name of a colour',
);
export const headerColor = oneOf(
  'default',
  ...'blue wathet turquoise green yellow orange red carmine violet purple indigo grey'.split(' '),
);
export const tagColor = oneOf(
  ...'neutral blue turquoise lime orange violet indigo wathet green yellow red purple carmine'.split(' '),
);
export const webAddress = like(/^https?:\/\/\S+$/, 'an address that begins with http:// or https://');
export const pixels = like(/^\d{1,3}px$/, 'a length such as 8px');
export const spacing = like(/^(?:small|medium|large|extra_large|\d{1,2}px)$/, 'small, medium, large, or 8px');
export const padding = like(/^(?:0|\d{1,2}px)(?: (?:0|\d{1,2}px)){0,3}$/, 'one to four lengths such as 12px');
export const margin = like(
  /^(?:0|-?\d{1,2}px)(?: (?:0|-?\d{1,2}px)){0,3}$/,
  'one to four lengths such as 4px',
);
export const elementId = like(/^[A-Za-z][A-Za-z0-9_]{0,19}$/, 'a letter and up to 19 letters, digits or _');
export const width = like(/^(?:default|fill|auto|weighted|\d{2,3}px)$/, 'default, fill, auto, or 200px');
