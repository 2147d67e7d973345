import { describe, expect, it } from 'vitest';
import { unknownMachine } from '../../api/board';
import type { Asset, Kpi, LossNode, PerformanceReport, ReasonCode, StateSpan } from '../../api/contract';
import { behind, blocks, boardSentence, kpiText, largestLoss, reasonGroups, reportSentence, waterfall } from './performance';

const hour = 3.6e12;
const losses: LossNode[] = [
  { id: 'no_shift', group: 'schedule', name: 'No shift', ns: 16 * hour, share: 16 / 24 },
  { id: 'breakdown', group: 'availability', name: 'Breakdowns', ns: 2 * hour, share: 2 / 24 },
  { id: 'setup', group: 'availability', name: 'Set-up', ns: 0, share: 0 },
  { id: 'speed', group: 'performance', name: 'Speed', ns: -0.5 * hour, share: -0.5 / 24 },
  { id: 'value', group: 'value', name: 'Value', ns: 6.5 * hour, share: 6.5 / 24 },
];
const ratio = (id: string, value: number | null, missing = ''): Kpi => ({ id, name: id, value, unit: '1', formula: '', missing });
const report = (oee: Kpi): PerformanceReport => ({ asset: 'a', name: 'CNC 7', from: '', to: '', formula_version: 1, machines: 1, coverage: 1, partial: false, elements: {} as PerformanceReport['elements'], kpis: [oee], losses, rows: [] });
const asset: Asset = { id: 'm', name: 'Press 4', level: 'asset', parent: 'l', kind: 'press', template_id: '', manufacturer: '', model: '', serial: '', description: '', calendar: '', position: 0 };

describe('performance', () => {
  it('hangs each loss from what the ones above left, down to the value', () => {
    const steps = waterfall(losses);
    expect(steps.map((step) => step.id)).toEqual(['calendar', 'no_shift', 'breakdown', 'speed', 'value']);
    expect(steps[1]).toMatchObject({ below: 8, size: 16 });
    expect(steps[2]).toMatchObject({ below: 6, size: 2 });
    expect(steps[3]).toMatchObject({ below: 6, size: 0.5 }); // faster than ideal: it grows again
    expect(steps[4]!.size).toBeCloseTo(6.5);
    expect(waterfall([])).toEqual([]);
  });
  it('names the largest loss that can be acted on', () => {
    expect(largestLoss(losses)?.id).toBe('breakdown');
    expect(reportSentence(report(ratio('oee', 0.8125)))).toBe('CNC 7: OEE 81.3 %; the largest loss is breakdowns, 2 h 00 min');
    expect(reportSentence(report(ratio('oee', null, 'no ideal cycle time')))).toBe('CNC 7: no OEE yet, no ideal cycle time');
  });
  it('shows a figure that is missing as missing', () => {
    expect(kpiText(ratio('oee', null))).toBe('–');
    expect(kpiText({ ...ratio('mttr', 90), unit: 's' })).toBe('1 min');
  });
  it('says which line stands, why and for how long', () => {
    const now = Date.parse('2026-03-02T10:00:00Z');
    const machine = { ...unknownMachine(asset), state: 'down' as const, since: '2026-03-02T09:46:00Z', reason_name: 'spindle drive', target: 50, good: 12 };
    expect(boardSentence({ now: '', lines: [{ asset: 'l', name: 'Line 2', oee: null, good: 0, scrap: 0, machines: [machine] }] }, now)).toBe('Line 2: Press 4 is down, spindle drive, 14 min');
    expect(boardSentence({ now: '', lines: [{ asset: 'l', name: 'Line 2', oee: null, good: 0, scrap: 0, machines: [{ ...machine, state: 'producing' }] }] }, now)).toBe('Press 4 is producing');
    const later = { ...machine, name: 'Press 5', since: '2026-03-02T09:50:00Z' };
    expect(boardSentence({ now: '', lines: [{ asset: 'l', name: 'Line 2', oee: null, good: 0, scrap: 0, machines: [later, machine] }] }, now)).toBe('Line 2: Press 4 is down, spindle drive, 14 min; one more is down');
    expect(behind(machine)).toBe(38);
    expect(behind({ ...machine, target: null })).toBeNull();
  });
  it('joins stretches that are thinner than a pixel', () => {
    const span = (begin: number, end: number, state: StateSpan['state']): StateSpan => ({ begin: new Date(begin).toISOString(), end: new Date(end).toISOString(), state, reason: '', reason_name: '', order: '', product: '', element: 'producing' });
    const many = Array.from({ length: 1000 }, (_, index) => span(index * 100, index * 100 + 100, index % 2 ? 'idle' : 'producing'));
    const boxes = blocks(many, 0, 100_000, 100);
    expect(boxes.length).toBeLessThanOrEqual(110);
    expect(boxes.reduce((sum, box) => sum + box.many, 0)).toBe(1000);
    expect(blocks([span(0, 500, 'down'), span(500, 1000, 'idle')], 250, 1000, 75).map((box) => [box.left, box.width])).toEqual([[0, 25], [25, 50]]);
  });
  it('offers reasons that fit the kind of machine, under their parents', () => {
    const reason = (id: string, parent = '', kinds: string[] = [], loss: ReasonCode['loss'] = 'breakdown'): ReasonCode => ({ id, name: id, parent, planned: false, loss, kinds, position: 0 });
    const groups = reasonGroups([reason('mechanics'), reason('belt', 'mechanics'), reason('spindle', 'mechanics', ['cnc']), reason('burr', '', [], 'production_reject')], 'press');
    expect(groups.map((group) => [group.name, group.reasons.map((one) => one.id)])).toEqual([['mechanics', ['belt']]]);
  });
});
