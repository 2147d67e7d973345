import type { ShellRow, WhatIfFigure } from '../../api/contract';

/** What was entered in percent, as factors; what is as it is isn't sent. */
export function factorsOf(percent: Record<string, number | null>): Record<string, number> {
  return Object.fromEntries(Object.entries(percent).flatMap(([name, value]) => (value === null || value === 100 ? [] : [[name, value / 100]])));
}

export interface Side { mean: number; low: number; high: number }
/** A figure as it is and as it would be; JSON has null for what is no number. */
export const sidesOf = (one: WhatIfFigure): { before: Side; after: Side } => ({
  before: { mean: one.baseline ?? NaN, low: one.baseline_low ?? NaN, high: one.baseline_high ?? NaN },
  after: { mean: one.changed ?? NaN, low: one.changed_low ?? NaN, high: one.changed_high ?? NaN },
});

/** Do the runs of both sides lie apart, so that the difference is more than chance? */
export const tellsApart = ({ before, after }: { before: Side; after: Side }): boolean => after.low > before.high || after.high < before.low;

/** The plant's id of the asset that a shell of its own is of; empty for others. */
export function assetOf(shell: ShellRow): string {
  const mark = ':asset:';
  const at = shell.asset_id.indexOf(mark);
  return shell.generated && at >= 0 ? shell.asset_id.slice(at + mark.length) : '';
}
