import { describe, expect, it } from 'vitest';
import type { Asset, BrowsedValue, Connection, ConnectionHealth, Protocol } from '../api/contract';
import { byDevice, canHoldLine, firstSettings, headline, idFrom, isOneMachine, machinesFirst, nextPosition, nodeChoices, places } from './connect';

const protocol: Protocol = { id: 'modbus', title: 'Modbus TCP', summary: '', schema: { schema: { $ref: '#/components/schemas/S' }, components: { schemas: { S: { type: 'object', properties: { host: { type: 'string' }, port: { type: 'integer', default: 502 } } } } } } };
const connection = (id: string, enabled = true): Connection => ({ id, name: id, protocol: 'modbus', enabled, asset: '', template_id: '', settings: {} });
const health = (state: ConnectionHealth['health']): ConnectionHealth => ({ id: '', name: '', protocol: 'modbus', health: state, reason: '', since: '2026-03-02T09:00:00Z', samples: 0, dropped: 0, rejected: 0, restarts: 0, last_data: null, notices: [] });

describe('connect', () => {
  it('begins a form with the protocol\'s own defaults', () => {
    expect(firstSettings(protocol)).toEqual({ host: '', port: 502 });
  });
  it('makes ids of names', () => {
    expect(idFrom('Gießerei Öfen  #2')).toBe('gie-erei-ofen-2');
    expect(idFrom('--')).toBe('');
  });
  it('says which connection needs a look, not which is switched off', () => {
    expect(headline([], new Map())).toBe('Nothing is connected yet');
    expect(headline([connection('a'), connection('b')], new Map([['a', health('active')], ['b', health('stopped')]]))).toBe('b needs a look');
    expect(headline([connection('a'), connection('b', false)], new Map([['b', health('stopped')]]))).toBe('The connection works');
  });
  it('offers places for machines, lines first, and for a new line what can hold one', () => {
    const asset = (id: string, level: Asset['level']): Asset => ({ id, name: id, level, parent: '', kind: '', template_id: '', manufacturer: '', model: '', serial: '', description: '', calendar: '', position: 0 });
    const offered = places([asset('site', 'site'), asset('cnc', 'asset'), asset('l2', 'line'), asset('l1', 'line')]);
    expect(offered.map((one) => one.id)).toEqual(['l1', 'l2', 'site']);
    expect(machinesFirst([asset('l', 'line'), asset('m', 'asset')]).map((one) => one.id)).toEqual(['m', 'l']);
    expect([isOneMachine([{ device: '' }]), isOneMachine([{ device: 'cnc' }]), isOneMachine([])]).toEqual([true, false, false]);
    expect(nextPosition(offered.map((one, index) => ({ ...one, parent: 'x', position: index })), 'x')).toBe(3);
    expect(nextPosition(offered, 'nowhere')).toBe(1);
    expect(offered.filter(canHoldLine).map((one) => one.id)).toEqual(['site']);
  });
  it('groups what was found by device', () => {
    const value = (device: string, name: string): BrowsedValue => ({ declaration: { address: `${device}/${name}`, device, name, type: 'real', unit: '', meaning: 'other', interpolation: 'step', description: '' }, value: '1', quality: 'good', time: null });
    expect(nodeChoices([value('m10', 'a'), value('', 'b')])).toEqual([{ node: 'm10/a', name: 'm10/a', meaning: 'other', unit: '' }, { node: '/b', name: 'b', meaning: 'other', unit: '' }]);
    expect(byDevice([value('m10', 'a'), value('m9', 'a'), value('m10', 'b')]).map((group) => [group.device, group.values.length])).toEqual([['m9', 1], ['m10', 2]]);
  });
});
