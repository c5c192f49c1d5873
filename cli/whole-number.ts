import { InvalidArgumentError } from 'commander';

/** Reads the value of an option as a whole number within limits, both of which may be given. @throws InvalidArgumentError */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,12}$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`use a whole number from ${least} to ${most}`);
    return value;
  };
}
