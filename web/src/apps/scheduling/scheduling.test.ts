import { describe, expect, it } from 'vitest';
import type { CauseLink, Gantt, LateOrder } from '../../api/contract';
import { boardTitle, exceptionSentence, linkSentence, tellBody, type TellDraft } from './scheduling';
import { fromWall, wallInput, zoneOffset } from '../../ui/wall_clock';

const board = (late: number, unplaced: number, down: string[] = []): Gantt => ({
  now: '', from: '', to: '', frozen_until: '', firm_until: '', version: 3, published_at: null, by: '', why: '', nervousness: 0,
  figures: { operations: 9, late_orders: late, unplaced_orders: unplaced, tardiness_h: 0, setup_h: 0, energy_cost: 0, end: null, nervousness: 0, avoided_h: 0, solve_ms: 0 },
  machines: down.map((name) => ({ asset: name, name, line: '', kind: '', state: 'down' as const, since: null, reason: '', order: '', step: '', unassigned: 0, closed: [{ begin: '', end: '', kind: 'down', reason: '' }] })),
  orders: [{ id: 'A', product: '', product_name: '', quantity: 1, weight: 1, due: null, end: '2026-03-01T00:00:00Z', late_h: 0 }], operations: [],
});

describe('what the board says', () => {
  it('begins with what is wrong, in one sentence', () => {
    expect(boardTitle(board(0, 0))).toBe('The only order is in time');
    expect(boardTitle(board(1, 2, ['Mill']))).toBe('2 orders have no place, one order is late, Mill is down');
    expect(boardTitle({ ...board(0, 0), version: 0 })).toBe('Nothing is scheduled yet');
  });
  it('names machines as people do', () => {
    expect(exceptionSentence({ kind: 'unassigned', order: '', step: '', machine: 'm1', amount: 12, until: null, detail: '' }, () => 'Mill 1')).toBe('Mill 1 made 12 parts that no open order asked for');
  });
  it('tells a chain link by link', () => {
    const link: CauseLink = { order: 'A', step: 'mill', machine: 'm1', start: '2026-03-01T06:00:00Z', end: '2026-03-01T07:00:00Z', blocker: 'step', detail: '' };
    const late = { order: 'A' } as LateOrder;
    expect(linkSentence(link, late, () => 'Mill 1')).toMatch(/^Step mill on Mill 1 begins .*: the step before ends then$/);
    expect(linkSentence({ ...link, order: 'B', blocker: 'closed', detail: 'oil' }, late, () => 'Mill 1')).toMatch(/^Order B is on Mill 1 until .*\(oil\)$/);
  });
  it('sends of what somebody says only what its kind needs', () => {
    const draft: TellDraft = { kind: 'material_late', order: 'A', step: ' mill ', material: 'bolts', person: 'ada', until: '2026-03-01T12:00', price: 90, reason: 'a truck' };
    const instant = (wall: string) => `${wall}:00Z`;
    expect(tellBody(draft, instant, 'now')).toEqual({ kind: 'material_late', order: 'A', step: 'mill', material: 'bolts', until: '2026-03-01T12:00:00Z', reason: 'a truck' });
    expect(tellBody({ ...draft, kind: 'operator_absent' }, instant, 'now')).toEqual({ kind: 'operator_absent', person: 'ada', until: '2026-03-01T12:00:00Z', reason: 'a truck' });
    expect(tellBody({ ...draft, kind: 'price_change' }, instant, 'now')).toEqual({ kind: 'price_change', prices: [{ from: 'now', per_mwh: 90 }], reason: 'a truck' });
    expect(tellBody({ ...draft, kind: 'vehicle_lost' }, instant, 'now')).toEqual({ kind: 'vehicle_lost', reason: 'a truck' });
  });
  it('reads and writes times of the clock on the wall, over a change of the clock too', () => {
    for (const time of ['2026-03-28T23:30:00Z', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-07-01T12:00:00Z']) {
      expect(fromWall(wallInput(Date.parse(time), 'Europe/Berlin'), 'Europe/Berlin')).toBe(Date.parse(time));
    }
    expect(wallInput(Date.parse('2026-07-01T12:00:00Z'), 'Europe/Berlin')).toBe('2026-07-01T14:00');
    expect(zoneOffset(Date.parse('2026-01-01T00:00:00Z'), 'America/New_York')).toBe(-5 * 3_600_000);
  });
});
