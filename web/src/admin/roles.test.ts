import { expect, it } from 'vitest';
import { actorText, grantsOf, grantText, lineDiff } from './roles';

it('names actors as people do', () => {
  expect(actorText('user:anna')).toBe('anna');
  expect(actorText('system')).toBe('system');
  expect(actorText('app:performance')).toBe('app:performance');
});
it('keeps the sites of roles that stay ticked', () => {
  const before = [{ role: 'engineer', sites: ['north'] }, { role: 'viewer', sites: [] }];
  expect(grantsOf(['engineer', 'lead'], before)).toEqual([{ role: 'engineer', sites: ['north'] }, { role: 'lead', sites: [] }]);
  expect(grantText({ role: 'engineer', sites: ['north'] })).toBe('Engineer (north)');
  expect(grantText({ role: 'viewer' })).toBe('Viewer');
});
it('shows what was taken out and what came', () => {
  expect(lineDiff('a\nb\nc', 'a\nc\nd')).toEqual([{ sign: ' ', text: 'a' }, { sign: '-', text: 'b' }, { sign: ' ', text: 'c' }, { sign: '+', text: 'd' }]);
  expect(lineDiff('same', 'same')).toEqual([{ sign: ' ', text: 'same' }]);
});
