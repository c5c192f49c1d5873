import { describe, expect, it } from 'vitest';
import { isSameHost, shortHost } from './host-name.ts';

describe('isSameHost', () => {
  it.each<[string, string, boolean]>([
    ['db-1', 'DB-1', true],
    ['db-1', 'db-1.example.com', true],
    ['db-1.example.com.', 'DB-1.example.com', true],
    ['db-1.bj.example.com', 'db-1.sh.example.com', false],
    ['db-1', 'db-10', false],
    ['10', '10.0.0.1', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['fe80::1', 'FE80::1', true],
    ['', '.example.com', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect([isSameHost(one, other), isSameHost(other, one)]).toEqual([same, same]);
  });

  it('has no short name of an address', () => {
    expect(['10.0.0.1', 'Web-1.example.com', '主机-1.内网'].map(shortHost)).toEqual([
      '10.0.0.1',
      'web-1',
      '主机-1',
    ]);
  });
});
