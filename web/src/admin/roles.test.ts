import { expect, it } from 'vitest';
import { actorText, grantText, lineDiff, withRole, withSite } from './roles';

it('names actors as people do', () => {
  expect(actorText('user:anna')).toBe('anna');
  expect(actorText('system')).toBe('system');
  expect(actorText('app:performance')).toBe('app:performance');
});
it('ticks roles and their sites', () => {
  const before = [{ role: 'engineer', sites: ['north'] }, { role: 'viewer', sites: [] }];
  expect(withRole(before, 'lead', true)).toEqual([...before, { role: 'lead', sites: [] }]);
  expect(withRole(before, 'viewer', false)).toEqual([{ role: 'engineer', sites: ['north'] }]);
  expect(withSite(before, 'engineer', 'south', true)[0]).toEqual({ role: 'engineer', sites: ['north', 'south'] });
  expect(withSite(before, 'engineer', 'north', false)[0]).toEqual({ role: 'engineer', sites: [] });
  expect(grantText({ role: 'engineer', sites: ['north'] })).toBe('Engineer (north)');
  expect(grantText({ role: 'viewer', sites: [] })).toBe('Viewer');
});
it('shows what was taken out and what came', () => {
  expect(lineDiff('a\nb\nc', 'a\nc\nd')).toEqual([{ sign: ' ', text: 'a' }, { sign: '-', text: 'b' }, { sign: ' ', text: 'c' }, { sign: '+', text: 'd' }]);
  expect(lineDiff('same', 'same')).toEqual([{ sign: ' ', text: 'same' }]);
});
