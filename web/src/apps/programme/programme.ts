// The pure part of the programme's pages: sentences, layout of flows, what an order allows.
import type { Aim, FlowLink, FlowNode, OrderAction, OrderState, PlanHead, Tower } from './contract';
import { number } from '../../ui/format.svelte';
import { t } from '../../ui/words/words.svelte';

export const tabs = ['tower', 'plan', 'match', 'orders', 'designs', 'convening', 'rehearsal'] as const;
export type Tab = (typeof tabs)[number];

/** Weeks are told as people count them: the first is week 1. */
export const weekName = (week: number): string => t('week {n}', { n: week + 1 });

export interface Named {
  organisation: (id: string) => string;
  part: (id: string) => string;
}
/** The answer of the control tower in one sentence. */
export function towerSentence(tower: Tower, machineName: (id: string) => string, names: Named): string {
  if (!tower.plan) return t('No plan is published yet');
  const alarm = tower.alarms[0];
  if (alarm?.kind === 'machine_down') return t('{machine} stands: {part} is at risk', { machine: machineName(alarm.asset), part: names.part(alarm.part) });
  if (alarm) return t('{maker} declined {part}', { maker: names.organisation(alarm.organisation), part: names.part(alarm.part) });
  const behind = tower.planned - tower.finished;
  if (behind > Math.max(1, 0.03 * tower.planned)) return t('{n} units behind the plan in week {week} of {weeks}', { n: number(behind, 0), week: tower.week + 1, weeks: tower.weeks });
  return t('On plan in week {week} of {weeks}', { week: tower.week + 1, weeks: tower.weeks });
}

/** How far labels at these heights (in pixels, downwards) move so that each has `gap` to the next; order stays. */
export function spreadLabels(heights: number[], gap = 15): number[] {
  const order = heights.map((_, index) => index).sort((a, b) => heights[a]! - heights[b]!);
  const placed = order.map((index) => heights[index]!);
  // Groups that touch share their middle: pushed down once, then each group back up by half of what it was pushed.
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i]!, placed[i - 1]! + gap);
  for (let end = placed.length - 1; end >= 0; ) {
    let begin = end;
    while (begin > 0 && placed[begin]! - placed[begin - 1]! <= gap) begin--;
    const pushed = order.slice(begin, end + 1).reduce((sum, index, at) => sum + placed[begin + at]! - heights[index]!, 0) / (end - begin + 1);
    for (let at = begin; at <= end; at++) placed[at]! -= pushed;
    end = begin - 1;
  }
  const out = new Array<number>(heights.length).fill(0);
  order.forEach((index, at) => (out[index] = placed[at]! - heights[index]!));
  return out;
}

export interface FlowBox extends FlowNode {
  x: number;
  y: number;
  height: number;
}
export interface FlowBand extends FlowLink {
  path: string;
  width: number;
}
/** Boxes in columns, the deepest tier left, and bands between them; heights are in proportion to money. */
export function layFlow(nodes: FlowNode[], links: FlowLink[], width: number, height: number, boxWidth = 14, gap = 10): { boxes: FlowBox[]; bands: FlowBand[] } {
  if (nodes.length === 0) return { boxes: [], bands: [] };
  const deepest = Math.max(...nodes.map((node) => node.tier));
  const tiers = Array.from({ length: deepest + 1 }, (_, tier) => nodes.filter((node) => node.tier === tier).sort((a, b) => b.value - a.value));
  const scale = Math.min(...tiers.filter((tier) => tier.length).map((tier) => (height - gap * (tier.length - 1)) / Math.max(1e-9, tier.reduce((sum, node) => sum + node.value, 0))));
  const boxes = new Map<string, FlowBox>();
  tiers.forEach((tier, depth) => {
    const x = deepest === 0 ? 0 : ((deepest - depth) / deepest) * (width - boxWidth);
    const used = tier.reduce((sum, node) => sum + node.value * scale, 0) + gap * Math.max(0, tier.length - 1);
    let y = (height - used) / 2;
    for (const node of tier) {
      const tall = Math.max(1, node.value * scale);
      boxes.set(node.id, { ...node, x, y, height: tall });
      y += tall + gap;
    }
  });
  const out = new Map<string, number>();
  const into = new Map<string, number>();
  const place = (used: Map<string, number>, box: FlowBox, wide: number) => {
    const at = box.y + (used.get(box.id) ?? 0);
    used.set(box.id, (used.get(box.id) ?? 0) + wide);
    return at + wide / 2;
  };
  const bands = links
    .flatMap((link) => {
      const from = boxes.get(link.from);
      const to = boxes.get(link.to);
      return from && to ? [{ link, from, to }] : [];
    })
    .sort((a, b) => a.from.y - b.from.y || a.to.y - b.to.y)
    .map(({ link, from, to }) => {
      const wide = link.value * scale;
      const [x0, x1] = [from.x + boxWidth, to.x];
      const [y0, y1] = [place(out, from, wide), place(into, to, wide)];
      const middle = (x0 + x1) / 2;
      return { ...link, width: Math.max(0.5, wide), path: `M${x0.toFixed(1)} ${y0.toFixed(1)}C${middle.toFixed(1)} ${y0.toFixed(1)} ${middle.toFixed(1)} ${y1.toFixed(1)} ${x1.toFixed(1)} ${y1.toFixed(1)}` };
    });
  return { boxes: [...boxes.values()], bands };
}

const steps: Partial<Record<OrderState, OrderAction[]>> = {
  offered: ['accept', 'decline', 'counter'], countered: ['accept', 'decline'], accepted: ['start', 'ship', 'hold', 'cancel'],
  in_production: ['ship', 'hold'], shipped: ['receive', 'hold'], on_hold: ['release', 'cancel'],
};
export const actionsOf = (state: OrderState): OrderAction[] => steps[state] ?? [];

export function aimName(aim: Aim): string {
  switch (aim) {
    case 'early': return t('Early units');
    case 'low_cost': return t('Low cost');
    case 'resilient': return t('Resilient');
    case 'few_members': return t('Few members');
    default: return t('Balanced');
  }
}
export function stateName(state: OrderState): string {
  switch (state) {
    case 'offered': return t('Offered');
    case 'accepted': return t('Accepted');
    case 'declined': return t('Declined');
    case 'countered': return t('Countered');
    case 'in_production': return t('In production');
    case 'shipped': return t('Shipped');
    case 'received': return t('Received');
    case 'cancelled': return t('Cancelled');
    default: return t('On hold');
  }
}
export function actionName(action: OrderAction): string {
  switch (action) {
    case 'accept': return t('Accept');
    case 'decline': return t('Decline');
    case 'counter': return t('Counter');
    case 'start': return t('Start');
    case 'ship': return t('Ship');
    case 'receive': return t('Receive');
    case 'hold': return t('Hold');
    case 'release': return t('Release');
    default: return t('Cancel order');
  }
}
export function conditionName(condition: string): string {
  switch (condition) {
    case 'offered': return t('not offered');
    case 'process': return t('process');
    case 'material': return t('material');
    case 'envelope': return t('dimensions');
    case 'certificate': return t('certificate');
    case 'evidence': return t('evidence');
    case 'agreement': return t('agreement');
    case 'approval_scope': return t('scope of approval');
    default: return t('capacity not said');
  }
}
export function changeName(reason: string): string {
  switch (reason) {
    case 'lost': return t('lost');
    case 'taken_over': return t('taken over');
    case 'taken_over_early': return t('taken over, earlier');
    case 'from_other_zone': return t('from another zone');
    case 'overtime': return t('overtime');
    case 'bought': return t('bought on the market');
    default: return t('inputs missing');
  }
}
/** What tells a plan from the others, for a line of the list. */
export function planName(plan: PlanHead, organisationName: (id: string) => string): string {
  const event = plan.event;
  if (!event) return aimName(plan.aim);
  const who = event.organisation ? organisationName(event.organisation) : event.part;
  const what = (): string => {
    switch (event.kind) {
      case 'member_out': return t('{who} left', { who });
      case 'capacity_cut': return t('{who} has fewer hours', { who });
      case 'lane_closed': return t('no way from {from} to {to}', { from: event.from_zone, to: event.to_zone });
      case 'certificate_lapsed': return t('a certificate of {who} lapsed', { who });
      case 'design_recalled': return t('{part} is recalled', { part: event.part });
      default: return t('{who} can’t make a part', { who });
    }
  };
  return t('Repair: {reason}', { reason: what() });
}
