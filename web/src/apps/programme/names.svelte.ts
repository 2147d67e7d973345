// What people call the organisations and parts of the need that is shown. Ids are for machines; an id without a name is shown
// as it is.
import { getContext, setContext } from 'svelte';
import { get } from '../../api/client';
import { load } from '../../ui/load.svelte';
import type { Names } from './contract';
import type { Named } from './programme';

const key = Symbol('names of the need');

/** Called once by the component around a need's views. */
export function provideNames(need: string): void {
  const names = load((stop) => get<Names>(`/programme/needs/${encodeURIComponent(need)}/names`, {}, stop));
  setContext<Named>(key, {
    organisation: (id) => names.data?.organisations[id] || id,
    part: (id) => names.data?.parts[id] || id,
  });
}
export const namesHere = (): Named => getContext<Named>(key);
