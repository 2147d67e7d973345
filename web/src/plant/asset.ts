import type { Signal } from '../api/contract';

export const isNumeric = (signal: Signal): boolean => signal.type === 'real' || signal.type === 'integer';
// What a person looks for first comes first; then physical values; the rest by name.
const first = ['execution', 'mode', 'product', 'order', 'program', 'stop_reason', 'alarm', 'part_count', 'good_count', 'scrap_count', 'cycle_time', 'kpi', 'power', 'energy', 'temperature', 'vibration', 'speed', 'load'];
export function sortSignals(signals: Signal[]): Signal[] {
  const rank = (signal: Signal) => {
    const at = first.indexOf(signal.meaning);
    return at < 0 ? (signal.meaning === 'other' ? 99 : 50) : at;
  };
  return [...signals].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
}
const liked = ['power', 'temperature', 'vibration', 'speed', 'load', 'cycle_time', 'pressure', 'current'];
/** The signals whose trends are shown: those the address names, else up to three that say most. */
export function pickTrend(signals: Signal[], text: string): Signal[] {
  if (text === 'none') return [];
  if (text) {
    const wanted = text.split(',').map(Number);
    return wanted.flatMap((number) => signals.find((signal) => signal.number === number && isNumeric(signal)) ?? []);
  }
  const numeric = signals.filter(isNumeric);
  const best = liked.flatMap((meaning) => numeric.find((signal) => signal.meaning === meaning) ?? []);
  return (best.length ? best : numeric).slice(0, 3);
}
/** Values that only come when they change may be old and true; measured ones may not. */
export function staleAfter(signal: Signal): number {
  return isNumeric(signal) && signal.interpolation === 'linear' ? 60_000 : 900_000;
}
/** Signals of one unit share a chart, up to four lines each. */
export function groupByUnit(signals: Signal[]): Signal[][] {
  const groups: Signal[][] = [];
  for (const signal of signals) {
    const group = groups.find((one) => one[0]!.unit === signal.unit && one[0]!.meaning === signal.meaning && one.length < 4);
    if (group) group.push(signal);
    else groups.push([signal]);
  }
  return groups;
}
