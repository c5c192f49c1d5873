import { describe, expect, it } from 'vitest';
import { accuracy, normalised } from './templates-accuracy.ts';
import { readCsv } from './templates-truth.ts';

describe('accuracy', () => {
  const truth = [
    { event: 'E1', template: 'a <*>' },
    { event: 'E1', template: 'a <*>' },
    { event: 'E2', template: 'b c' },
    { event: 'E3', template: 'b d' },
  ];

  it.each<[string, string[], number, number]>([
    ['all is right', ['a <*>', 'a <*>', 'b c', 'b d'], 1, 1],
    ['the groups are right, the templates are not', ['x', 'x', 'y', 'z'], 1, 0],
    ['two groups are one', ['a <*>', 'a <*>', 'b <*>', 'b <*>'], 0.5, 0.5],
    ['one group is two', ['a <*>', 'a 1', 'b c', 'b d'], 0.5, 0.75],
  ])('where %s', (_, parsed, grouping, parsing) => {
    expect(accuracy(parsed, truth)).toEqual({ grouping, parsing });
  });

  it('takes joined variables for one', () => {
    expect(normalised(' to  <*>:<*> at <*>-<*>-<*> <*>')).toBe('to <*> at <*> <*>');
  });
});

describe('readCsv', () => {
  it('knows quotes, commas and line breaks in a field', () => {
    expect(readCsv('a,b\r\n"x, ""y""\nz",2\n3,\n')).toEqual([
      { a: 'x, "y"\nz', b: '2' },
      { a: '3', b: '' },
    ]);
  });
});
