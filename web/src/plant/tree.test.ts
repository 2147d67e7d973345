import { describe, expect, it } from 'vitest';
import type { Asset, BoardMachine } from '../api/contract';
import { below, downBelow, fitsBelow, flatten, growTree, pathTo } from './tree';

const asset = (id: string, parent: string, position = 0): Asset => ({ id, name: id, level: parent ? 'asset' : 'site', parent, kind: '', template_id: '', manufacturer: '', model: '', serial: '', description: '', calendar: '', position });
const assets = [asset('m10', 'line'), asset('m9', 'line'), asset('line', 'site'), asset('site', ''), asset('lost', 'gone'), asset('first', 'line', -1)];

describe('tree', () => {
  it('orders siblings by position, then by name with numbers in it', () => {
    expect(flatten(growTree(assets), new Set()).map((branch) => branch.asset.id)).toEqual(['lost', 'site', 'line', 'first', 'm9', 'm10']);
  });
  it('leaves out what is under a closed branch', () => {
    expect(flatten(growTree(assets), new Set(['line'])).map((branch) => branch.asset.id)).toEqual(['lost', 'site', 'line']);
  });
  it('survives assets that are each other\'s parent', () => {
    const circle = [asset('a', 'b'), asset('b', 'a')];
    expect(growTree(circle)).toEqual([]);
    expect(pathTo(new Map(circle.map((one) => [one.id, one])), 'a').length).toBe(2);
    expect(below(circle, 'a').length).toBe(2);
  });
  it('hangs nothing under what is of its own level or lower, but a machine under a machine', () => {
    expect(fitsBelow('area', 'site')).toBe(true);
    expect(fitsBelow('area', 'line')).toBe(false);
    expect(fitsBelow('line', 'line')).toBe(false);
    expect(fitsBelow('asset', 'asset')).toBe(true);
  });
  it('counts the machines that are down under a branch', () => {
    const board = new Map([['m9', { state: 'down' } as BoardMachine]]);
    expect(downBelow(growTree(assets)[1]!, board)).toBe(1);
  });
});
