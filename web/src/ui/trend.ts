import type { ChartSeries } from '../api/contract';
import type { Range } from './range';

/**
 * Columns for one chart: times in seconds, then min, max and last of each series, null where a series has no point.
 * What lies outside the range is left out, but for the point next to it, so that lines reach the edge.
 */
export function align(series: ChartSeries[], range: Range): (number | null)[][] {
  const times = new Set<number>();
  for (const one of series) for (const time of one.t) if (time >= range.from - (range.to - range.from) && time <= range.to) times.add(time);
  const sorted = [...times].sort((a, b) => a - b);
  const row = new Map(sorted.map((time, index) => [time, index]));
  const columns: (number | null)[][] = [sorted.map((time) => time / 1000)];
  for (const one of series) {
    const min: (number | null)[] = new Array(sorted.length).fill(null);
    const max: (number | null)[] = new Array(sorted.length).fill(null);
    const last: (number | null)[] = new Array(sorted.length).fill(null);
    one.t.forEach((time, index) => {
      const at = row.get(time);
      if (at === undefined) return;
      min[at] = one.min[index] ?? null;
      max[at] = one.max[index] ?? null;
      last[at] = one.last[index] ?? null;
    });
    columns.push(min, max, last);
  }
  return columns;
}

/** A small line of `values` in a box, as an SVG path; empty when there is nothing to draw. */
export function sparkPath(times: number[], values: (number | null)[], width: number, height: number): string {
  const points = times.flatMap((time, index) => (values[index] === null || values[index] === undefined ? [] : [[time, values[index]!] as const]));
  if (points.length < 2) return '';
  const begin = points[0]![0];
  const span = points.at(-1)![0] - begin || 1;
  let low = Infinity;
  let high = -Infinity;
  for (const [, value] of points) { low = Math.min(low, value); high = Math.max(high, value); }
  const scale = high > low ? (height - 2) / (high - low) : 0;
  return points.map(([time, value], index) => `${index ? 'L' : 'M'}${(((time - begin) / span) * width).toFixed(1)} ${(scale ? height - 1 - (value - low) * scale : height / 2).toFixed(1)}`).join('');
}
