import { describe, expect, it } from 'vitest';
import type { Connection } from '../api/contract';
import { changeableName, changeables, entryOf, typedValue } from './ask';

const connection = (id: string, settings: Record<string, unknown>): Connection => ({ id, name: '', protocol: 'opcua', asset: 'hall', enabled: true, settings }) as unknown as Connection;

describe('asking for a change', () => {
  const found = changeables([
    connection('reading', { url: 'opc.tcp://a' }),
    connection('press', { writable: [{ node: 'nsu=urn:press;s=Press1.Target', low: 0, high: 80 }, { node: 'i=7' }], callable: [{ object: 'nsu=urn:press;s=Press1', method: 'nsu=urn:press;s=Press1.Reset' }] }),
    connection('odd', { writable: 'all' }),
  ]);
  it('finds what the settings of connections allow, and nothing else', () => {
    expect(found.map((one) => [one.connection, changeableName(one), one.low, one.high])).toEqual([
      ['press', 'Press1.Target', 0, 80],
      ['press', '7', null, null],
      ['press', 'Press1.Reset()', null, null],
    ]);
    expect(new Set(found.map((one) => one.key)).size).toBe(3);
  });
  it('lets a value be typed as what it is', () => {
    expect(entryOf(found[0]!, 'real')).toBe('number');
    expect(entryOf(found[0]!, 'boolean')).toBe('boolean');
    expect(entryOf(found[0]!, undefined)).toBe('json');
    expect(entryOf(found[2]!, 'real')).toBe('json');
  });
  it('sends what was typed in the value’s own kind', () => {
    expect(typedValue('number', ' 42.5 ')).toEqual({ value: 42.5 });
    expect(typedValue('number', '')).toBeNull();
    expect(typedValue('number', '4o')).toBeNull();
    expect(typedValue('text', '7')).toEqual({ value: '7' });
    expect(typedValue('boolean', 'false')).toEqual({ value: false });
    expect(typedValue('boolean', '')).toBeNull();
    expect(typedValue('json', '[1, "a"]')).toEqual({ value: [1, 'a'] });
    expect(typedValue('json', '[1,')).toBeNull();
    expect(typedValue('number', '9007199254740993')).toBeNull();
    expect(typedValue('json', '[{"a":9007199254740993}]')).toBeNull();
  });
});
