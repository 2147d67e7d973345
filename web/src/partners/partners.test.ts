import { describe, expect, it } from 'vitest';
import { agreementWord, bytes, changeText, clauseText, idFrom, messageType, poll, pretty, ruleText, shortId, termsOf } from './partners';

describe('terms in plain words', () => {
  it('says a permission with its conditions as one sentence', () => {
    expect(ruleText({ kind: 'may', action: 'use', clauses: [{ kind: 'count', values: ['25'] }, { kind: 'machine', values: ['turn-01', 'turn-02'] }] })).toBe('May be used, at most 25 uses, on the machines turn-01, turn-02.');
    expect(ruleText({ kind: 'may', action: 'use', clauses: [] })).toBe('May be used without conditions.');
  });
  it('says what must not be done', () => {
    expect(ruleText({ kind: 'must_not', action: 'distribute', clauses: [] })).toBe('Must not be passed on.');
    expect(ruleText({ kind: 'must', action: 'delete', clauses: [] })).toBe('Must: delete.');
  });
  it('leaves what it does not know in the node words', () => {
    expect(clauseText({ kind: 'other', values: ['Warranty eq none'] })).toBe('Warranty eq none');
    expect(clauseText({ kind: 'aggregation', values: ['60'] })).toContain('min');
  });
});
describe('a change of terms', () => {
  it('is said in one sentence', () => {
    const of = { kind: 'may' as const, action: 'use', before: null, after: null, added: false };
    expect(changeText({ ...of, before: { kind: 'count', values: ['2'] }, after: { kind: 'count', values: ['5'] } })).toBe('Was: at most 2 uses. Now: at most 5 uses.');
    expect(changeText({ ...of, after: { kind: 'region', values: ['EU'] } })).toBe('New: in EU.');
    expect(changeText({ ...of, before: { kind: 'purpose', values: ['quality'] } })).toBe('No longer: for quality.');
    expect(changeText({ ...of, kind: 'must_not', action: 'distribute', added: true })).toBe('New: Must not be passed on.');
  });
  it('begins with the terms as the form has them', () => {
    expect(termsOf([{ kind: 'may', action: 'use', clauses: [{ kind: 'count', values: ['25'] }, { kind: 'purpose', values: ['quality'] }] }, { kind: 'must_not', action: 'distribute', clauses: [] }])).toEqual({ count: 25, purposes: ['quality'], no_sharing: true });
    expect(termsOf([])).toEqual({});
  });
  it('is not offered where the form would lose a condition', () => {
    expect(termsOf([{ kind: 'may', action: 'use', clauses: [{ kind: 'other', values: ['Warranty eq none'] }] }])).toBeNull();
    expect(termsOf([{ kind: 'may', action: 'use', clauses: [] }, { kind: 'may', action: 'use', clauses: [] }])).toBeNull();
    expect(termsOf([{ kind: 'must', action: 'delete', clauses: [] }])).toBeNull();
  });
});
describe('messages', () => {
  it('are named by their type and event', () => {
    expect(messageType('{"@type":"ContractRequestMessage"}')).toBe('Contract Request');
    expect(messageType('{"@type":"ContractNegotiationEventMessage","eventType":"FINALIZED"}')).toBe('Contract Negotiation Event FINALIZED');
    expect(messageType('not json')).toBe('');
  });
  it('are shown as they came when they are no JSON', () => {
    expect(pretty('plain')).toBe('plain');
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  });
});
describe('ids', () => {
  it('come from titles and are not taken yet', () => {
    expect(idFrom('Press 7: Öl', () => false)).toBe('press-7-ol');
    expect(idFrom('Press', (id) => id === 'press')).toBe('press-2');
    expect(idFrom('???', () => false)).toBe('offer');
  });
  it('are short for people', () => expect(shortId('urn:uuid:12345678-9abc')).toBe('12345678'));
});
describe('an agreement', () => {
  it('is in force until its time is over or a side revokes it', () => {
    expect(agreementWord({ status: 'in_force', until: null })).toBe('In force');
    expect(agreementWord({ status: 'in_force', until: '2001-01-01T00:00:00Z' })).toBe('Expired');
    expect(agreementWord({ status: 'revoked', until: null })).toBe('Revoked');
  });
});
it('bytes are rounded for people', () => {
  expect(bytes(7)).toBe('7 B');
  expect(bytes(12_345)).toBe('12.3 kB');
});
it('polling ends with what was found, or with nothing', async () => {
  let tries = 0;
  expect(await poll(() => Promise.resolve(++tries === 3 ? 'there' : undefined), 5, 0)).toBe('there');
  expect(await poll(() => Promise.resolve(undefined), 2, 0)).toBeUndefined();
});
