import { reasonOf } from '../../api/board';
import type { Board, BoardMachine, Kpi, LossNode, PerformanceReport, ReasonCode, StateSpan } from '../../api/contract';
import { duration, inSentence, number, percent, toMs, unit } from '../../ui/format.svelte';
import { t } from '../../ui/words/words.svelte';

export const kpi = (report: { kpis: Kpi[] }, id: string): Kpi | undefined => report.kpis.find((one) => one.id === id);
export function kpiText(one: Kpi | undefined): string {
  if (!one || one.value === null) return '–';
  if (one.unit === '1' || one.unit === '%') return percent(one.unit === '%' ? one.value / 100 : one.value);
  if (one.unit === 's') return duration(one.value * 1000);
  if (one.unit === 'min') return duration(one.value * 60_000);
  if (one.unit === 'h') return duration(one.value * 3_600_000);
  return `${number(one.value)} ${unit(one.unit)}`.trim();
}

/** One bar of the waterfall: it hangs from what is left after the losses above it. */
export interface Step {
  id: string;
  name: string;
  group: string;
  below: number;
  size: number;
  share: number;
  kind: 'whole' | 'loss' | 'rest';
}
/** From calendar time down to the time of good parts at ideal speed. Hours. Losses of nothing are left out. */
export function waterfall(losses: LossNode[]): Step[] {
  const hours = (ns: number) => ns / 3.6e12;
  const total = losses.reduce((sum, loss) => sum + loss.ns, 0);
  if (total <= 0) return [];
  const steps: Step[] = [{ id: 'calendar', name: t('Calendar time'), group: 'calendar', below: 0, size: hours(total), share: 1, kind: 'whole' }];
  let left = total;
  for (const loss of losses) {
    if (loss.group === 'value' || loss.ns === 0) continue;
    left -= loss.ns;
    steps.push({ id: loss.id, name: t(loss.name), group: loss.group, below: hours(Math.min(left, left + loss.ns)), size: hours(Math.abs(loss.ns)), share: loss.ns / total, kind: 'loss' });
  }
  steps.push({ id: 'value', name: t('Good parts at ideal speed'), group: 'value', below: 0, size: hours(left), share: left / total, kind: 'rest' });
  return steps;
}
/** The largest loss that somebody can do something about. */
export function largestLoss(losses: LossNode[]): LossNode | undefined {
  return losses.filter((loss) => !['value', 'schedule', 'planned', 'unknown'].includes(loss.group) && loss.ns > 0).sort((a, b) => b.ns - a.ns)[0];
}
export function reportSentence(report: PerformanceReport): string {
  const oee = kpi(report, 'oee');
  if (!oee || oee.value === null) return t('{name}: no OEE yet, {why}', { name: report.name, why: oee?.missing || t('nothing was measured') });
  const worst = largestLoss(report.losses);
  const begin = t('{name}: OEE {oee}', { name: report.name, oee: kpiText(oee) });
  return worst ? t('{begin}; the largest loss is {loss}, {time}', { begin, loss: inSentence(t(worst.name)), time: duration(worst.ns / 1e6) }) : begin;
}
export function boardSentence(board: Board, now: number): string {
  const machines = board.lines.flatMap((line) => line.machines);
  const down = machines.filter((one) => one.state === 'down').sort((a, b) => (toMs(a.since) ?? now) - (toMs(b.since) ?? now));
  if (machines.length === 0) return t('No machine is connected yet');
  if (machines.length === 1 && down.length === 0) return machines[0]!.state === 'producing' ? t('{machine} is producing', { machine: machines[0]!.name }) : t('{machine} stands, but is not down', { machine: machines[0]!.name });
  if (down.length === 0) return t('{n} of {all} machines are producing, none is down', { n: machines.filter((one) => one.state === 'producing').length, all: machines.length });
  const first = down[0]!;
  const line = board.lines.find((one) => one.machines.includes(first));
  const what = [reasonOf(first), first.since ? duration(now - toMs(first.since)!) : ''].filter(Boolean).join(', ');
  const lead = line?.name ? `${line.name}: ${t('{machine} is down', { machine: first.name })}` : t('{machine} is down', { machine: first.name });
  return [lead + (what ? `, ${what}` : ''), down.length === 2 ? t('one more is down') : down.length > 2 ? t('{n} more are down', { n: down.length - 1 }) : ''].filter(Boolean).join('; ');
}
/** Parts that are missing against the target by now. */
export const behind = (machine: BoardMachine): number | null => (machine.target === null || machine.good === null ? null : Math.max(0, Math.round(machine.target - machine.good)));

export interface Block {
  left: number;
  width: number;
  span: StateSpan;
  /** How many stretches share these pixels. */
  many: number;
}
/** Stretches as boxes of a strip `width` wide; those under a pixel are joined, the longest giving the colour. */
export function blocks(items: StateSpan[], from: number, to: number, width: number): Block[] {
  const scale = width / Math.max(1, to - from);
  const out: Block[] = [];
  let longest = 0;
  for (const span of items) {
    const begin = Math.max(from, Date.parse(span.begin));
    const end = Math.min(to, Date.parse(span.end));
    if (end <= begin) continue;
    const left = (begin - from) * scale;
    const size = (end - begin) * scale;
    const last = out.at(-1);
    if (last && size < 1 && last.width < 2 && left - last.left < 2) {
      last.width = left + size - last.left;
      last.many++;
      if (end - begin > longest) { last.span = span; longest = end - begin; }
      continue;
    }
    out.push({ left, width: size, span, many: 1 });
    longest = end - begin;
  }
  return out;
}
/** Reason codes that fit a kind of machine: leaves, in their order, under their parents' names. */
export function reasonGroups(reasons: ReasonCode[], kind: string): { name: string; reasons: ReasonCode[] }[] {
  const parents = new Set(reasons.map((reason) => reason.parent).filter(Boolean));
  const byId = new Map(reasons.map((reason) => [reason.id, reason]));
  const groups = new Map<string, ReasonCode[]>();
  for (const reason of [...reasons].sort((a, b) => a.position - b.position || a.name.localeCompare(b.name))) {
    if (parents.has(reason.id) || (reason.kinds.length > 0 && kind && !reason.kinds.includes(kind))) continue;
    if (reason.loss === 'production_reject' || reason.loss === 'startup_reject') continue; // why a part was bad, not why a machine stood
    groups.set(reason.parent, [...(groups.get(reason.parent) ?? []), reason]);
  }
  return [...groups].map(([parent, list]) => ({ name: byId.get(parent)?.name ?? '', reasons: list }));
}
