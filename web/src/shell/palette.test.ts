import { expect, it } from 'vitest';
import { rank, type Choice } from './palette';

const choice = (title: string, more = ''): Choice => ({ id: title, kind: 'Asset', title, more, act: () => {} });
it('finds by any word and puts beginnings first', () => {
  const choices = [choice('Big press 4'), choice('Press 4', 'press-4'), choice('Robot', 'rb-1')];
  expect(rank(choices, 'press').map((one) => one.title)).toEqual(['Press 4', 'Big press 4']);
  expect(rank(choices, 'rb').map((one) => one.title)).toEqual(['Robot']);
  expect(rank(choices, '')).toBe(choices);
});
