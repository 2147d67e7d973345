import { describe, expect, it } from 'vitest';
import type { BoardProblem, ChangeRequest } from './contract';
import { growthOf, missingFor, newId, nextStage } from './convening';

const request = (state: ChangeRequest['state'], units: number) => ({ state, units, cost: units * 2 }) as ChangeRequest;
const problem = (more: Partial<BoardProblem>) => ({ desk: 'club', stage: 'pitched', cohort: [], data: '', triage: '', agreement: '', success_measure: '', result: '', ...more }) as BoardProblem;

describe('growth against the charter', () => {
  it('counts what was accepted, tells what waits, forgets what was refused', () => {
    expect(growthOf(10_000, [request('accepted', 1200), request('accepted', -200), request('asked', 500), request('refused', 9000)])).toEqual({ units: 1000, cost: 2000, waitingUnits: 500, waiting: 1, share: 0.1 });
  });
  it('has no share of nothing', () => expect(growthOf(0, [request('accepted', 5)]).share).toBe(0));
});

describe('a problem of the board', () => {
  it('says what its next stage needs', () => {
    expect(missingFor(problem({ cohort: ['a'] }))).toEqual(['two members that work on it']);
    expect(missingFor(problem({ cohort: ['a', 'b'] }))).toEqual([]);
    expect(missingFor(problem({ desk: 'analytics', cohort: ['a'] }))).toEqual(['where its data lies', 'the triage']);
    expect(missingFor(problem({ stage: 'agreed' }))).toEqual(['when the pilot has succeeded']);
  });
  it('ends with a result', () => {
    expect(nextStage('pilot')).toBe('result');
    expect(nextStage('result')).toBeNull();
  });
  it('gives ids of letters, digits and hyphens', () => expect(newId('Öl im Getriebe?')).toMatch(/^[a-z0-9-]+$/));
});
