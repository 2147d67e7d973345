// Time ranges as the address bar holds them: `from=-8h&to=now`, or two moments in milliseconds.

export interface Range {
  from: number;
  to: number;
}
const kUnits: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };
export const kDefaultFrom = '-8h';

function moment(text: string, now: number): number | null {
  if (text === 'now') return now;
  const relative = /^-(\d+)([smhdwy])$/.exec(text);
  if (relative) return now - Number(relative[1]) * (kUnits[relative[2]!] ?? 0);
  if (/^\d{9,16}$/.test(text)) return Number(text);
  return null;
}
/** Falls back to the last 8 hours when the text makes no sense. */
export function readRange(from: string, to: string, now: number, fallback = kDefaultFrom): Range {
  const end = moment(to || 'now', now) ?? now;
  const begin = moment(from || fallback, now) ?? moment(fallback, now)!;
  return begin < end ? { from: begin, to: end } : { from: end - 3_600_000, to: end };
}
/** Does the range end now and so move on? */
export const isLive = (to: string): boolean => to === '' || to === 'now';
/** A range between one second and two years, kept out of the future. */
export function clampRange(range: Range, now: number): Range {
  const length = Math.min(Math.max(range.to - range.from, 1000), 2 * kUnits.y!);
  const to = Math.min(range.to, now + length * 0.05);
  return { from: Math.round(to - length), to: Math.round(to) };
}
export function zoom(range: Range, at: number, factor: number, now: number): Range {
  return clampRange({ from: at - (at - range.from) * factor, to: at + (range.to - at) * factor }, now);
}
export function pan(range: Range, share: number, now: number): Range {
  const shift = (range.to - range.from) * share;
  return clampRange({ from: range.from + shift, to: range.to + shift }, now);
}
