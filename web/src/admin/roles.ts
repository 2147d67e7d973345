import type { RoleGrant } from '../api/contract';
import { t } from '../ui/words/words.svelte';

export function roleText(role: string): string {
  switch (role) {
    case 'admin': return t('Administrator');
    case 'engineer': return t('Engineer');
    case 'lead': return t('Shift lead');
    case 'planner': return t('Planner');
    case 'operator': return t('Operator');
    case 'viewer': return t('Viewer');
    default: return role;
  }
}
/** `Operator`, or `Operator (north, south)` for one that holds at some sites only. */
export function grantText(grant: RoleGrant): string {
  return grant.sites.length ? `${roleText(grant.role)} (${grant.sites.join(', ')})` : roleText(grant.role);
}
/** The roles after ticking one, or taking the tick away; a new one holds everywhere. */
export function withRole(held: RoleGrant[], role: string, ticked: boolean): RoleGrant[] {
  const others = held.filter((grant) => grant.role !== role);
  return ticked ? [...others, { role, sites: [] }] : others;
}
/** The roles after ticking a site of one; none ticked: everywhere. */
export function withSite(held: RoleGrant[], role: string, site: string, ticked: boolean): RoleGrant[] {
  return held.map((grant) => {
    if (grant.role !== role) return grant;
    const others = grant.sites.filter((one) => one !== site);
    return { role, sites: ticked ? [...others, site] : others };
  });
}
/** A journal's actor as people read it: `user:anna` as `anna`. */
export function actorText(actor: string): string {
  const [kind, ...rest] = actor.split(':');
  const name = rest.join(':');
  if (!name) return actor;
  return kind === 'user' ? name : kind === 'token' ? t('token {name}', { name }) : actor;
}
/** The two texts of a change, line by line: what was taken out and what came. */
export function lineDiff(before: string, after: string): { sign: '-' | '+' | ' '; text: string }[] {
  const old = before.split('\n');
  const now = after.split('\n');
  const longest: number[][] = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) for (let j = now.length - 1; j >= 0; j--) longest[i]![j] = old[i] === now[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  const out: { sign: '-' | '+' | ' '; text: string }[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) { out.push({ sign: ' ', text: old[i]! }); i++; j++; }
    else if (i < old.length && (j >= now.length || longest[i + 1]![j]! >= longest[i]![j + 1]!)) out.push({ sign: '-', text: old[i++]! });
    else out.push({ sign: '+', text: now[j++]! });
  }
  return out;
}
