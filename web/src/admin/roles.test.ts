import { expect, it } from 'vitest';
import { actorText, lineDiff } from './roles';

it('names actors as people do', () => {
  expect(actorText('user:anna')).toBe('anna');
  expect(actorText('system')).toBe('system');
  expect(actorText('app:performance')).toBe('app:performance');
});
it('shows what was taken out and what came', () => {
  expect(lineDiff('a\nb\nc', 'a\nc\nd')).toEqual([{ sign: ' ', text: 'a' }, { sign: '-', text: 'b' }, { sign: ' ', text: 'c' }, { sign: '+', text: 'd' }]);
  expect(lineDiff('same', 'same')).toEqual([{ sign: ' ', text: 'same' }]);
});
