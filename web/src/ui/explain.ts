import type { Problem } from '../api/problem';
import { t } from './words/words.svelte';

/** What a problem means for the person, and what to do about it. */
export function explain(problem: Problem): { what: string; todo: string } {
  const said = sentence(problem.detail || problem.title);
  if (problem.code === 'unreachable') return { what: t('Hanse does not answer.'), todo: t('The page tries again by itself. If it lasts, check that the node runs and that this device is on its network.') };
  switch (problem.status) {
    case 0: return { what: t('This page made a mistake.'), todo: t('Reload it. If it happens again, report the technical text below.') };
    case 401: return { what: t('You are not signed in.'), todo: t('Sign in and try again.') };
    case 403: return { what: t('You may not do this.'), todo: t('Ask an administrator for a role that allows it.') };
    case 404: return { what: said || t('This does not exist.'), todo: t('It may have been deleted, or the link is old.') };
    case 409:
    case 412: return { what: t('Somebody changed this while you were editing.'), todo: said || t('Reload to see the newer version, then make your change again.') };
    case 400:
    case 422: return { what: said || t('Something in the input is not right.'), todo: t('Correct it below and try again.') };
    case 429: return { what: said || t('Too many tries.'), todo: t('Wait a little and try again.') };
    case 503: return { what: said || t('Hanse is busy or not ready yet.'), todo: t('Try again in a moment.') };
    default: return { what: said || t('Hanse could not do this.'), todo: t('Try again. If it lasts, give the technical text below to whoever looks after Hanse.') };
  }
}
function sentence(text: string): string {
  if (!text) return '';
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?]$/.test(text) ? '' : '.');
}
