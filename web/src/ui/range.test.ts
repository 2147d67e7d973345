import { describe, expect, it } from 'vitest';
import { clampRange, pan, readRange, zoom } from './range';

const now = 1_800_000_000_000;
describe('range', () => {
  it('reads relative and absolute moments', () => {
    expect(readRange('-2h', 'now', now)).toEqual({ from: now - 7_200_000, to: now });
    expect(readRange('1799990000000', '1799990060000', now)).toEqual({ from: 1_799_990_000_000, to: 1_799_990_060_000 });
  });
  it('falls back where the address makes no sense', () => {
    expect(readRange('yesterday', '', now)).toEqual({ from: now - 28_800_000, to: now });
    const turned = readRange('1799990060000', '1799990000000', now);
    expect(turned.from).toBeLessThan(turned.to);
  });
  it('zooms around the pointer, from a second to two years', () => {
    const range = { from: now - 1000_000, to: now };
    expect(zoom(range, now - 500_000, 0.5, now)).toEqual({ from: now - 750_000, to: now - 250_000 });
    let small = range;
    for (let i = 0; i < 100; i++) small = zoom(small, now - 500_000, 0.5, now);
    expect(small.to - small.from).toBe(1000);
    let large = range;
    for (let i = 0; i < 100; i++) large = zoom(large, now, 2, now);
    expect(large.to - large.from).toBe(2 * 31_536_000_000);
  });
  it('does not pan into the future', () => {
    expect(pan({ from: now - 1000_000, to: now }, 0.5, now).to).toBeLessThanOrEqual(now + 50_000);
    expect(clampRange({ from: now, to: now + 60_000 }, now).to).toBeLessThanOrEqual(now + 3_000);
  });
});
