import { describe, expect, it } from 'vitest';
import { unknownMachine } from '../api/board';
import type { Asset, BoardMachine, Connection, ConnectionHealth, Finding } from '../api/contract';
import { countStates, headline, needs } from './overview';

const now = Date.parse('2026-03-02T10:00:00Z');
const asset = (name: string): Asset => ({ id: name, name, level: 'asset', parent: '', kind: '', template_id: '', manufacturer: '', model: '', serial: '', description: '', calendar: '', position: 0 });
const machine = (name: string, state: BoardMachine['state'], minutes = 1, reason_name = ''): BoardMachine => ({ ...unknownMachine(asset(name)), state, since: new Date(now - minutes * 60_000).toISOString(), reason_name });

describe('overview', () => {
  it('says that nothing is connected, that all run, and who does not', () => {
    expect(headline([machine('A', 'producing')], now)).toBe('A is producing');
    expect(headline([], now)).toBe('No machine is connected yet');
    expect(headline([machine('A', 'producing'), machine('B', 'producing')], now)).toBe('All 2 machines are producing');
    expect(headline([machine('A', 'producing'), machine('B', 'idle')], now)).toBe('1 of 2 machines are producing, none is down');
    expect(headline([machine('A', 'offline'), machine('B', 'idle')], now)).toBe('1 of 2 machines send no data');
  });
  it('names the machine that is down, for how long and why', () => {
    expect(headline([machine('Press 4', 'down', 14, 'hydraulic pressure'), machine('B', 'idle')], now)).toBe('Press 4 is down: hydraulic pressure, 14 min');
    expect(headline([machine('A', 'down', 2), machine('B', 'down', 30)], now)).toContain('2 of 2 machines are down, B the longest (30 min)');
  });
  it('counts a machine of unknown state as without data', () => {
    expect(countStates([{ ...machine('A', 'idle'), state: undefined as never }]).offline).toBe(1);
  });
  it('lists open findings before weak connections, worst first', () => {
    const finding = (severity: Finding['severity'], end: string | null = null): Finding => ({ app: 'p', key: severity, asset: 'a', severity, title: severity, detail: '', begin: '2026-03-02T09:00:00Z', end });
    const connection: Connection = { id: 'c', name: 'Cell', protocol: 'modbus', enabled: true, asset: '', template_id: '', settings: {} };
    const health: ConnectionHealth = { id: 'c', name: 'Cell', protocol: 'modbus', health: 'stopped', reason: 'refused', since: '2026-03-02T09:00:00Z', samples: 0, dropped: 0, rejected: 0, restarts: 0, last_data: null, notices: [] };
    const list = needs([finding('info'), finding('critical'), finding('warning', '2026-03-02T09:30:00Z')], [connection], new Map([['c', health]]), [], now);
    expect(list.map((need) => need.severity)).toEqual(['critical', 'warning', 'info']);
    expect(needs([], [{ ...connection, enabled: false }], new Map([['c', health]]), [], now)).toEqual([]);
  });
  it('asks a person about a machine that stays down, unless a finding does already', () => {
    const machines = [machine('A', 'down', 14, 'belt'), machine('B', 'down', 1), machine('C', 'idle', 90)];
    expect(needs([], [], new Map(), machines, now)).toMatchObject([{ title: 'A is down', detail: 'belt', href: '/performance/A' }]);
    const told: Finding = { app: 'p', key: 'k', asset: 'A', severity: 'critical', title: 'Belt torn', detail: '', begin: '2026-03-02T09:46:00Z', end: null };
    expect(needs([told], [], new Map(), machines, now).map((need) => need.title)).toEqual(['Belt torn']);
  });
});
