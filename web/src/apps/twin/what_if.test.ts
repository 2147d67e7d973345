import { describe, expect, it } from 'vitest';
import type { ShellRow, WhatIfFigure } from '../../api/contract';
import { assetOf, factorsOf, sidesOf, tellsApart } from './what_if';

const figure = (baseline: [number, number], changed: [number, number]): WhatIfFigure => ({ figure: 'oee', of: 'press', unit: '1', baseline: 0, baseline_low: baseline[0], baseline_high: baseline[1], changed: 0, changed_low: changed[0], changed_high: changed[1] });

describe('what if', () => {
  it('sends what is changed, as factors', () => {
    expect(factorsOf({ speed: 120, scrap: 100, failures: 0, repair_time: null })).toEqual({ speed: 1.2, failures: 0 });
  });
  it('tells chance from change', () => {
    expect(tellsApart(sidesOf(figure([0.7, 0.8], [0.81, 0.9])))).toBe(true);
    expect(tellsApart(sidesOf(figure([0.7, 0.8], [0.5, 0.69])))).toBe(true);
    expect(tellsApart(sidesOf(figure([0.7, 0.8], [0.75, 0.9])))).toBe(false);
    expect(tellsApart(sidesOf(figure([0.7, 0.7], [0.7, 0.7])))).toBe(false);
  });
  it('is asked of the plant’s own machines', () => {
    const shell: ShellRow = { id: 'x', id_short: 'x', name: '', asset_kind: 'Instance', asset_id: 'urn:hanse:asset:press-7', generated: true, submodels: [] };
    expect(assetOf(shell)).toBe('press-7');
    expect(assetOf({ ...shell, generated: false })).toBe('');
    expect(assetOf({ ...shell, asset_id: '' })).toBe('');
  });
});
