import type { ElementRow, ShellRow } from '../../api/contract';
import type { Entry } from '../../connect/ask';

/** Shells whose name, id, asset or submodels contain every word. */
export function matching(shells: ShellRow[], text: string): ShellRow[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return shells;
  return shells.filter((shell) => {
    const all = [shell.name, shell.id, shell.id_short, shell.asset_id, ...shell.submodels.flatMap((one) => [one.id_short, one.semantic_id])].join(' ').toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** What a shell or submodel is called: its name, else its short id, else its id. */
export function nameOf(item: { name?: string; id_short: string; id: string }): string {
  return item.name || item.id_short || item.id;
}

/** Does it say how a machine is spoken to (IDTA 02017)? */
export const describesInterfaces = (of: { semantic_id: string }): boolean => of.semantic_id.startsWith('https://admin-shell.io/idta/AssetInterfacesDescription/');

/** How a value of a type of the standard is typed in. */
export function entryOfType(type: string): Entry {
  if (type === 'xs:boolean') return 'boolean';
  return /^xs:(decimal|double|float|byte|short|int|long|integer|unsigned\w+|(non)?(positive|negative)Integer|non\w+Integer)$/i.test(type) ? 'number' : 'text';
}

/** Rows that are seen: not below a closed one. */
export function visible(rows: ElementRow[], closed: ReadonlySet<string>): ElementRow[] {
  const out: ElementRow[] = [];
  let hiddenBelow = Infinity;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = closed.has(row.path) ? row.depth : Infinity;
    out.push(row);
  }
  return out;
}

/** Does the row at `index` hold others? */
export function holdsOthers(rows: ElementRow[], index: number): boolean {
  const row = rows[index];
  const next = rows[index + 1];
  return row !== undefined && next !== undefined && next.depth > row.depth;
}

/** An identifier as the standard's addresses have it: base64url without padding. */
export function encodeId(id: string): string {
  const bytes = new TextEncoder().encode(id);
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Where a shell or submodel is in the standard's interface. */
export function standardAddress(kind: 'shells' | 'submodels', id: string): string {
  return `/api/v3/${kind}/${encodeId(id)}`;
}

/** The version before `one` in a list of them, newest first. */
export function previous<T>(versions: T[], one: T): T | undefined {
  const at = versions.indexOf(one);
  return at < 0 ? undefined : versions[at + 1];
}
