import { describe, expect, it } from 'vitest';
import type { MachineChange } from '../api/contract';
import { changesHeadline, nodeName, person, stateWords, wish } from './changes';

const change = (state: MachineChange['state'], method: string, value: unknown): MachineChange => ({ id: '1', connection: 'press', asset: 'hall', command: { address: 'nsu=urn:press;s=Press1.Target', method, value }, reason: 'warmer', state, requested_by: 'user:anna', requested_at: '2026-11-28T00:00:00Z', decided_by: '', decided_at: null, answer: '' });

describe('changes at machines', () => {
  it('calls a node by what people know it by', () => {
    expect(nodeName('nsu=urn:press;s=Press1.Target')).toBe('Press1.Target');
    expect(nodeName('ns=2;i=4711')).toBe('4711');
    expect(nodeName('i=2258')).toBe('2258');
    expect(nodeName('40001')).toBe('40001');
    expect(person('user:anna')).toBe('anna');
  });
  it('says in a line what is asked for', () => {
    expect(wish(change('pending', '', 42.5))).toBe('Press1.Target = 42.5');
    expect(wish(change('pending', '', 'a'))).toBe('Press1.Target = "a"');
    expect(wish(change('pending', 'nsu=urn:press;s=Reset', [1, 'a']))).toBe('Reset(1, "a")');
  });
  it('says how many wait, and what an unknown one asks of people', () => {
    expect(changesHeadline([])).toBe('No change waits');
    expect(changesHeadline([change('pending', '', 1), change('done', '', 1)])).toBe('One change waits for a second person');
    expect(changesHeadline([change('pending', '', 1), change('pending', '', 1)])).toBe('2 changes wait for a second person');
    expect(stateWords('unknown')).toContain('look at the machine');
  });
});
