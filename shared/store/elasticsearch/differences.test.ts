import { describe, expect, it } from 'vitest';
import { differencesOf, onlyAddsFields } from './differences.ts';

describe('differencesOf', () => {
  it('tells what is added, changed and gone, by its path', () => {
    const is = { priority: 250, settings: { index: { refresh: '5s', gone: true } }, list: ['a'] };
    const becomes = { priority: 251, settings: { index: { refresh: '5s' } }, list: ['a', 'b'] };
    expect(differencesOf(is, becomes)).toEqual([
      { path: 'list.1', is: undefined, becomes: 'b' },
      { path: 'priority', is: 250, becomes: 251 },
      { path: 'settings.index.gone', is: true, becomes: undefined },
    ]);
  });

  it('takes no difference from how Elasticsearch writes things', () => {
    const is = {
      version: 1,
      _meta: { hash: 'x' },
      data_stream: { hidden: false, allow_custom_routing: false },
      template: { settings: { index: { number_of_shards: '1' } } },
    };
    const becomes = {
      version: 2,
      _meta: { hash: 'y' },
      data_stream: {},
      template: { settings: { index: { number_of_shards: 1 } } },
    };
    expect(differencesOf(is, becomes)).toEqual([]);
  });

  it('tells members of a list that was empty, not the list', () => {
    expect(differencesOf({ list: [] }, { list: ['a'] })).toEqual([
      { path: 'list.0', is: undefined, becomes: 'a' },
    ]);
    expect(differencesOf({ actions: {} }, { actions: { readonly: {} } })).toEqual([
      { path: 'actions.readonly', is: undefined, becomes: {} },
    ]);
  });
});

describe('onlyAddsFields', () => {
  const field = 'template.mappings.properties.a.type';
  it.each([
    [{ path: field, is: undefined, becomes: 'keyword' }, true],
    [{ path: field, is: 'text', becomes: 'keyword' }, false],
    [{ path: field, is: 'text', becomes: undefined }, false],
    [{ path: 'template.settings.index.x', is: undefined, becomes: 1 }, false],
  ])('%o: %s', (difference, expected) => {
    expect(onlyAddsFields([difference])).toBe(expected);
  });
});
