import { describe, expect, it } from 'vitest';
import type { Signal } from '../api/contract';
import { groupByUnit, pickTrend, sortSignals } from './asset';

const signal = (number: number, name: string, meaning: Signal['meaning'], unit = '', type: Signal['type'] = 'real'): Signal => ({ number, asset: 'a', name, meaning, type, unit, interpolation: 'linear', low: null, high: null, description: '' });
const signals = [signal(1, 'zeta', 'other'), signal(2, 'power', 'power', 'kW'), signal(3, 'execution', 'execution', '', 'text'), signal(4, 'pump', 'power', 'kW'), signal(5, 'oil', 'temperature', 'Cel')];

describe('asset', () => {
  it('puts what a machine does before what it measures', () => {
    expect(sortSignals(signals).map((one) => one.name)).toEqual(['execution', 'power', 'pump', 'oil', 'zeta']);
  });
  it('shows the trends that the address names, and none that are no numbers', () => {
    expect(pickTrend(signals, '5,3,99').map((one) => one.number)).toEqual([5]);
    expect(pickTrend(signals, 'none')).toEqual([]);
    expect(pickTrend(signals, '').map((one) => one.number)).toEqual([2, 5]);
  });
  it('puts signals of one kind and unit into one chart', () => {
    expect(groupByUnit([signals[1]!, signals[3]!, signals[4]!]).map((group) => group.length)).toEqual([2, 1]);
  });
});
