import { describe, expect, it } from 'vitest';
import type { Gantt, GanttOperation } from '../../api/contract';
import { barAt, boardOf, kAxis, kHeading, kRow, pan, rowAt, ticks, timeAt, visibleBars, visibleRows, x, zoom } from './gantt';

const begin = Date.parse('2026-03-01T06:00:00Z');
const iso = (minutes: number) => new Date(begin + minutes * 60_000).toISOString();
const operation = (order: string, step: string, machine: string, from: number, to: number, more: Partial<GanttOperation> = {}): GanttOperation => ({
  order, step, machine, start: iso(from), end: iso(to), setup_s: 0, state: 'planned', pinned: false, locked: false, attended_by: '', good: 0, started: null, finished: null, expected: null, ...more,
});
function gantt(operations: GanttOperation[], machines = 3): Gantt {
  return {
    now: iso(0), from: iso(-720), to: iso(1440), frozen_until: iso(60), firm_until: iso(480), version: 1, published_at: iso(0), by: 'user:anna', why: '', nervousness: 0,
    figures: { operations: 0, late_orders: 0, unplaced_orders: 0, tardiness_h: 0, setup_h: 0, energy_cost: 0, end: null, nervousness: 0, avoided_h: 0, solve_ms: 0 },
    machines: Array.from({ length: machines }, (_, i) => ({ asset: `m${i}`, name: `Mill ${i}`, line: i < 2 ? 'Line 1' : 'Line 2', kind: 'cnc', state: 'producing' as const, since: null, reason: '', order: '', step: '', unassigned: 0, closed: [] })),
    orders: [...new Set(operations.map((one) => one.order))].map((id) => ({ id, product: 'p', product_name: 'Plate', quantity: 10, weight: 1, due: null, end: null, late_h: id === 'L' ? 3 : 0 })),
    operations,
  };
}
const scale = { from: begin, to: begin + 600 * 60_000, width: 600 };

describe('the board', () => {
  it('puts each operation on its machine, with a heading above each line', () => {
    const board = boardOf(gantt([operation('A', 's', 'm0', 0, 60), operation('B', 's', 'm2', 0, 60)]));
    expect(board.rows.map((row) => [row.heading, row.top, row.bars.length])).toEqual([['Line 1', kAxis + kHeading, 1], ['', kAxis + kHeading + kRow, 0], ['Line 2', kAxis + 2 * kHeading + 2 * kRow, 1]]);
    expect(board.height).toBe(kAxis + 2 * kHeading + 3 * kRow);
  });
  it('draws what runs as it runs and what is finished as it was', () => {
    const board = boardOf(gantt([operation('A', 's', 'm0', 0, 60, { state: 'running', started: iso(10), expected: iso(90) }), operation('B', 's', 'm1', 0, 60, { state: 'finished', started: iso(-30), finished: iso(20) })]));
    expect([board.rows[0]!.bars[0]!.start, board.rows[0]!.bars[0]!.end]).toEqual([begin + 10 * 60_000, begin + 90 * 60_000]);
    expect([board.rows[1]!.bars[0]!.start, board.rows[1]!.bars[0]!.end]).toEqual([begin - 30 * 60_000, begin + 20 * 60_000]);
  });
  it('filters by order, by machine and by both', () => {
    const all = gantt([operation('A', 's', 'm0', 0, 60), operation('B', 's', 'm0', 60, 90), operation('L', 's', 'm2', 0, 9)]);
    expect(boardOf(all, 'b').rows.map((row) => row.bars.map((bar) => bar.operation.order))).toEqual([['B']]);
    expect(boardOf(all, 'mill 0').rows.find((row) => row.machine.asset === 'm0')!.bars).toHaveLength(2);
    expect(boardOf(all, 'm0 b').rows[0]!.bars).toHaveLength(1);
    expect(boardOf(all, '', true).rows.map((row) => row.machine.asset)).toEqual(['m2']);
  });
  it('finds what is seen among thousands without looking at all', () => {
    const many = Array.from({ length: 5000 }, (_, i) => operation(`O${i}`, 's', `m${i % 3}`, i * 10, i * 10 + 9));
    const board = boardOf(gantt(many));
    const started = performance.now();
    for (let i = 0; i < 1000; i++) for (const row of board.rows) expect(visibleBars(row, scale).length).toBeLessThanOrEqual(21);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(visibleBars(board.rows[0]!, scale).map((bar) => bar.operation.order).slice(0, 2)).toEqual(['O0', 'O3']);
  });
  it('keeps a long operation that began before the view', () => {
    const board = boardOf(gantt([operation('A', 's', 'm0', -6000, 30), operation('B', 's', 'm0', 40, 50), operation('C', 's', 'm0', 700, 800)]));
    expect(visibleBars(board.rows[0]!, scale).map((bar) => bar.operation.order)).toEqual(['A', 'B']);
  });
  it('knows what is under the pointer, a few pixels around small ones', () => {
    const board = boardOf(gantt([operation('A', 's', 'm0', 10, 11), operation('B', 's', 'm0', 20, 60)]));
    const row = rowAt(board, kAxis + kHeading + 5)!;
    expect(barAt(row, scale, 13)?.operation.order).toBe('A');
    expect(barAt(row, scale, 40)?.operation.order).toBe('B');
    expect(barAt(row, scale, 200)).toBeUndefined();
    expect(rowAt(board, 3)).toBeUndefined();
    expect(visibleRows(board, 0, kAxis + kHeading + 10)).toHaveLength(1);
  });
  it('zooms around a time that stays where it is, within limits, and pans', () => {
    const middle = timeAt(scale, 150);
    expect(x(zoom(scale, 0.5, middle), middle)).toBeCloseTo(150);
    expect(zoom(scale, 1e-9, middle).to - zoom(scale, 1e-9, middle).from).toBeCloseTo(15 * 60_000);
    expect(pan(scale, 60).from).toBe(begin + 3_600_000);
  });
  it('marks round times of the plant and its midnights', () => {
    const marks = ticks({ from: begin, to: begin + 24 * 3_600_000, width: 1200 }, 3_600_000);
    expect(marks.every((mark) => (mark.time + 3_600_000) % 7_200_000 === 0)).toBe(true);
    expect(marks.filter((mark) => mark.day).map((mark) => new Date(mark.time).toISOString())).toEqual(['2026-03-01T23:00:00.000Z']);
  });
});
