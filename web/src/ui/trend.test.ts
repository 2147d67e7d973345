import { describe, expect, it } from 'vitest';
import { align, sparkPath } from './trend';

describe('trend', () => {
  it('puts series of different times on one axis', () => {
    const columns = align(
      [
        { signal: 1, t: [1000, 3000], min: [1, 3], max: [2, 4], last: [1.5, 3.5] },
        { signal: 2, t: [2000, 3000], min: [5, 6], max: [5, 6], last: [5, 6] },
      ],
      { from: 0, to: 4000 },
    );
    expect(columns[0]).toEqual([1, 2, 3]);
    expect(columns[3]).toEqual([1.5, null, 3.5]);
    expect(columns[6]).toEqual([null, 5, 6]);
  });
  it('draws a level line in the middle and nothing for one point', () => {
    expect(sparkPath([0, 10], [4, 4], 100, 20)).toBe('M0.0 10.0L100.0 10.0');
    expect(sparkPath([0], [4], 100, 20)).toBe('');
  });
});
