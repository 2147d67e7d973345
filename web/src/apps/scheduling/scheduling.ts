// What the board says in words: enums of the node as people read them, and the page's first sentence.
import type { CauseLink, Gantt, GanttOperation, LateOrder, PlannedChange, SchedulingException, TellKind, VersionLine } from '../../api/contract';
import { duration, number, when } from '../../ui/format.svelte';
import { t } from '../../ui/words/words.svelte';

export const kBase = '/apps/scheduling';
const hours = (h: number | null): string => duration((h ?? 0) * 3_600_000);

export function boardTitle(gantt: Gantt): string {
  if (gantt.version === 0) return t('Nothing is scheduled yet');
  const { late_orders: late, unplaced_orders: unplaced } = gantt.figures;
  const down = gantt.machines.filter((machine) => machine.closed.some((span) => span.kind === 'down'));
  const parts = [];
  if (unplaced === 1) parts.push(t('one order has no place'));
  else if (unplaced > 1) parts.push(t('{n} orders have no place', { n: unplaced }));
  if (late === 1) parts.push(t('one order is late'));
  else if (late > 1) parts.push(t('{n} orders are late', { n: late }));
  if (down.length > 0) parts.push(down.length === 1 ? t('{machine} is down', { machine: down[0]!.name }) : t('{n} machines are down', { n: down.length }));
  if (parts.length === 0 && gantt.orders.filter((order) => order.end).length === 1) return t('The only order is in time');
  if (parts.length === 0) return t('All {n} orders are in time', { n: gantt.orders.filter((order) => order.end).length });
  const sentence = parts.join(', ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
export function stateWord(state: GanttOperation['state']): string {
  switch (state) {
    case 'running': return t('Running');
    case 'interrupted': return t('Interrupted');
    case 'finished': return t('Finished');
    default: return t('Planned');
  }
}
export function causeWord(cause: VersionLine['cause']): string {
  switch (cause) {
    case 'first': return t('First schedule');
    case 'orders': return t('Orders changed');
    case 'records': return t('Records changed');
    case 'machine': return t('Machine down or up');
    case 'material': return t('Material late or early');
    case 'people': return t('Operators changed');
    case 'fleet': return t('Ways or vehicles changed');
    case 'price': return t('Energy price');
    case 'progress': return t('Late or early');
    case 'manual': return t('By hand');
    case 'asked': return t('Asked for');
    default: return t('Taken back');
  }
}
export function reasonWord(reason: PlannedChange['reason']): string {
  switch (reason) {
    case 'machine_down': return t('Machine down');
    case 'operator_absent': return t('Operator absent');
    case 'material_late': return t('Material late');
    case 'upstream_late': return t('What comes before is late');
    case 'rush': return t('Rush order');
    case 'new_order': return t('New order');
    case 'cancelled': return t('Cancelled');
    case 'rework': return t('Rework');
    case 'fleet': return t('Vehicle missing');
    case 'price': return t('Energy price');
    case 'planner': return t('Moved by hand');
    case 'follows': return t('Makes way');
    default: return t('Better schedule');
  }
}
export function tellWord(kind: TellKind): string {
  switch (kind) {
    case 'material_late': return t('Material late');
    case 'operator_absent': return t('Operator absent');
    case 'vehicle_lost': return t('Vehicle lost');
    case 'vehicle_back': return t('Vehicle back');
    default: return t('Energy price');
  }
}
/** What a person fills in about something that happened. */
export interface TellDraft { kind: TellKind; order: string; step: string; material: string; person: string; until: string; price: number; reason: string }
/** Only what its kind needs goes to the node. */
export function tellBody(draft: TellDraft, instant: (wall: string) => string, now: string): Record<string, unknown> {
  const { kind, reason } = draft;
  switch (kind) {
    case 'material_late': return { kind, order: draft.order, step: draft.step.trim(), material: draft.material.trim(), until: instant(draft.until), reason };
    case 'operator_absent': return { kind, person: draft.person, until: instant(draft.until), reason };
    case 'price_change': return { kind, prices: [{ from: now, per_mwh: draft.price }], reason };
    default: return { kind, reason };
  }
}
export function exceptionSentence(one: SchedulingException, machine: (id: string) => string): string {
  switch (one.kind) {
    case 'late': return t('Order {order} will be {time} late', { order: one.order, time: hours(one.amount) });
    case 'unplaced': return t('Order {order} has no place: {why}', { order: one.order, why: one.detail });
    case 'down': return t('{machine} is down until about {time}: {why}; {n} operations wait for it', { machine: machine(one.machine), time: when(one.until), why: one.detail, n: one.amount ?? 0 });
    case 'interrupted': return t('Order {order}, step {step} was begun on {machine} and left', { order: one.order, step: one.step, machine: machine(one.machine) });
    case 'pin': return t('Order {order}: {why}', { order: one.order, why: one.detail });
    default: return t('{machine} made {n} parts that no open order asked for', { machine: machine(one.machine), n: number(one.amount, 0) });
  }
}
/** One link of a late order's chain: what runs when, and what it waits for. */
export function linkSentence(link: CauseLink, late: LateOrder, machine: (id: string) => string): string {
  const what = link.order === late.order ? t('Step {step} on {machine} begins {time}', { step: link.step, machine: machine(link.machine), time: when(link.start) }) : t('Order {order} is on {machine} until {time}', { order: link.order, machine: machine(link.machine), time: when(link.end) });
  switch (link.blocker) {
    case 'step': return `${what}: ${t('the step before ends then')}`;
    case 'machine': return `${what}: ${t('the machine is taken until then')}`;
    case 'change_over': return `${what}: ${t('the machine is taken and changed over until then')}`;
    case 'closed': return `${what}: ${link.detail ? t('the machine is closed before ({why})', { why: link.detail }) : t('the machine does not work before')}`;
    case 'release': return `${what}: ${t('the order is not released before')}`;
    case 'material': return `${what}: ${link.detail ? t('its material comes then ({what})', { what: link.detail }) : t('its material comes then')}`;
    case 'transport': return `${what}: ${t('its parts are on their way until then')}`;
    case 'person': return `${what}: ${t('{name} attends it and is not free before', { name: link.detail })}`;
    case 'pin': return `${what}: ${t('a planner pinned it there')}`;
    case 'running': return `${what}: ${t('it runs already')}`;
    default: return `${what}: ${t('nothing held it up')}`;
  }
}
/** What the solver's ladder climbed to. */
export function rungWord(rung: VersionLine['rung']): string {
  switch (rung) {
    case 'right_shift': return t('Pushed later');
    case 'repair': return t('Repaired');
    case 'match_up': return t('Rejoined');
    case 'search': return t('Searched');
    default: return t('Kept');
  }
}
