// The pure part of the board: what lies where, for any number of operations. Only what is seen is looked at, so that five
// thousand operations cost no more than a screenful.
import type { ClosedSpan, Gantt, GanttMachine, GanttOperation, GanttOrder } from '../../api/contract';

export interface Bar {
  operation: GanttOperation;
  order: GanttOrder | undefined;
  /** Milliseconds: where it is drawn, as planned or as it was. */
  start: number;
  end: number;
  setup: number;
  late: boolean;
}
export interface Row {
  machine: GanttMachine;
  /** The line's name stands above its first machine. */
  heading: string;
  top: number;
  bars: Bar[];
  /** Of its bars, ms: how far left of the view one may begin that reaches into it. */
  longest: number;
  closed: (ClosedSpan & { from: number; to: number })[];
}
export interface Board {
  rows: Row[];
  height: number;
  bars: number;
}
export interface Scale {
  from: number;
  to: number;
  width: number;
}
export const kRow = 38;
export const kHeading = 24;
export const kAxis = 40;

const ms = (time: string | null | undefined): number => (time ? Date.parse(time) : NaN);

/** Rows with their bars, those of `filter` only: words of order, product, machine, line or step; all must fit. */
export function boardOf(gantt: Gantt, filter = '', lateOnly = false): Board {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const orders = new Map(gantt.orders.map((order) => [order.id, order]));
  const byMachine = new Map<string, Bar[]>();
  for (const operation of gantt.operations) {
    const order = orders.get(operation.order);
    if (lateOnly && !((order?.late_h ?? 0) > 0)) continue;
    const begun = ms(operation.started);
    const start = Number.isNaN(begun) ? ms(operation.start) : begun;
    const planned = ms(operation.end);
    const end = operation.state === 'finished' ? ms(operation.finished) : operation.state === 'running' ? Math.max(ms(operation.expected ?? operation.end), start) : planned;
    const bar: Bar = { operation, order, start, end: Math.max(end, start + 1000), setup: (operation.setup_s ?? 0) * 1000, late: (order?.late_h ?? 0) > 0 };
    const row = byMachine.get(operation.machine);
    if (row) row.push(bar);
    else byMachine.set(operation.machine, [bar]);
  }
  const board: Board = { rows: [], height: kAxis, bars: 0 };
  let line = '';
  for (const machine of gantt.machines) {
    const about = `${machine.asset} ${machine.name} ${machine.line}`.toLowerCase();
    const left = words.filter((word) => !about.includes(word));
    const all = byMachine.get(machine.asset) ?? [];
    const bars = left.length === 0 ? all : all.filter(({ operation, order }) => {
      const text = `${operation.order} ${operation.step} ${order?.product ?? ''} ${order?.product_name ?? ''}`.toLowerCase();
      return left.every((word) => text.includes(word));
    });
    if ((words.length > 0 || lateOnly) && bars.length === 0 && (left.length > 0 || lateOnly)) continue;
    bars.sort((a, b) => a.start - b.start);
    const heading = machine.line === line ? '' : machine.line;
    line = machine.line;
    if (heading) board.height += kHeading;
    board.rows.push({
      machine, heading, top: board.height, bars, longest: bars.reduce((most, bar) => Math.max(most, bar.end - bar.start), 0),
      closed: machine.closed.map((span) => ({ ...span, from: ms(span.begin), to: ms(span.end) })),
    });
    board.height += kRow;
    board.bars += bars.length;
  }
  return board;
}
export const x = (scale: Scale, time: number): number => ((time - scale.from) / (scale.to - scale.from)) * scale.width;
export const timeAt = (scale: Scale, at: number): number => scale.from + (at / scale.width) * (scale.to - scale.from);

/** The bars of a row that reach into the view, found by halving. */
export function visibleBars(row: Row, scale: Scale): Bar[] {
  let low = 0;
  let high = row.bars.length;
  const earliest = scale.from - row.longest;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row.bars[middle]!.start < earliest) low = middle + 1;
    else high = middle;
  }
  const out: Bar[] = [];
  for (let i = low; i < row.bars.length && row.bars[i]!.start - row.bars[i]!.setup < scale.to; i++) {
    if (row.bars[i]!.end > scale.from) out.push(row.bars[i]!);
  }
  return out;
}
/** Rows that a window of the board shows. */
export function visibleRows(board: Board, scrollTop: number, height: number): Row[] {
  return board.rows.filter((row) => row.top + kRow > scrollTop && row.top - kHeading < scrollTop + height);
}
export const rowAt = (board: Board, y: number): Row | undefined => board.rows.find((row) => y >= row.top && y < row.top + kRow);

/** The bar under the pointer: the last drawn one there, and small ones a few pixels around. */
export function barAt(row: Row, scale: Scale, at: number): Bar | undefined {
  const bars = visibleBars(row, scale);
  let near: Bar | undefined;
  for (const bar of bars) {
    const left = x(scale, bar.start);
    const right = x(scale, bar.end);
    if (at >= left && at <= right) near = bar;
    else if (!near && at >= left - 3 && at <= right + 3) near = bar;
  }
  return near;
}
const kMinute = 60_000;
const kSteps = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((minutes) => minutes * kMinute);

/** Round times with at least `room` pixels between them; `offset` is the zone's difference from UTC in ms. */
export function ticks(scale: Scale, offset: number, room = 70): { time: number; day: boolean }[] {
  const least = ((scale.to - scale.from) / Math.max(1, scale.width)) * room;
  const step = kSteps.find((one) => one >= least) ?? kSteps[kSteps.length - 1]!;
  const out = [];
  for (let time = Math.ceil((scale.from + offset) / step) * step - offset; time < scale.to; time += step) out.push({ time, day: (time + offset) % 86_400_000 === 0 });
  return out;
}
/** Zooms by `factor` around a time that stays where it is; a quarter of an hour to sixty days. */
export function zoom(scale: Scale, factor: number, around: number): Scale {
  const span = scale.to - scale.from;
  const next = Math.min(60 * 86_400_000, Math.max(15 * kMinute, span * factor));
  const from = around - ((around - scale.from) / span) * next;
  return { ...scale, from, to: from + next };
}
export const pan = (scale: Scale, pixels: number): Scale => {
  const by = (pixels / scale.width) * (scale.to - scale.from);
  return { ...scale, from: scale.from + by, to: scale.to + by };
};
export const operationKey = (one: { order: string; step: string; machine?: string }): string => `${one.order}/${one.step}`;
