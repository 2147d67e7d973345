import type { Asset, BoardMachine, Level } from '../api/contract';

export interface Branch {
  asset: Asset;
  depth: number;
  children: Branch[];
}
export const levels: Level[] = ['enterprise', 'site', 'area', 'line', 'work_unit', 'asset'];

/** Siblings by position, then by name with numbers in it. */
export const inOrder = (a: Asset, b: Asset): number => a.position - b.position || a.name.localeCompare(b.name, undefined, { numeric: true });
/** May equipment of this level hang under one of the level `above`? Levels between may be left out. */
export const fitsBelow = (level: Level, above: Level): boolean => levels.indexOf(above) < levels.indexOf(level) || (level === 'asset' && above === 'asset');

/** The equipment as a tree, siblings by position and name. What names a parent that isn't there stands at the top. */
export function growTree(assets: Asset[]): Branch[] {
  const known = new Set(assets.map((asset) => asset.id));
  const below = new Map<string, Asset[]>();
  for (const asset of assets) {
    const parent = known.has(asset.parent) && asset.parent !== asset.id ? asset.parent : '';
    below.set(parent, [...(below.get(parent) ?? []), asset]);
  }
  const grow = (parent: string, depth: number): Branch[] =>
    depth > 32 ? [] : (below.get(parent) ?? [])
      .sort(inOrder)
      .map((asset) => ({ asset, depth, children: grow(asset.id, depth + 1) }));
  return grow('', 0);
}
/** Branches in the order they are shown; what is under a closed one is left out. */
export function flatten(branches: Branch[], closed: Set<string>): Branch[] {
  return branches.flatMap((branch) => [branch, ...(closed.has(branch.asset.id) ? [] : flatten(branch.children, closed))]);
}
/** The asset and all above it, the root first. */
export function pathTo(assets: Map<string, Asset>, id: string): Asset[] {
  const path: Asset[] = [];
  for (let asset = assets.get(id); asset && path.length < 32 && !path.includes(asset); asset = assets.get(asset.parent)) path.unshift(asset);
  return path;
}
export function below(assets: Asset[], id: string): Asset[] {
  const found: Asset[] = [];
  let wave = new Set([id]);
  while (wave.size > 0) {
    const next = assets.filter((asset) => wave.has(asset.parent) && !found.includes(asset));
    found.push(...next);
    wave = new Set(next.map((asset) => asset.id));
  }
  return found;
}
/** How many machines below are down, so that a closed branch doesn't hide them. */
export function downBelow(branch: Branch, board: Map<string, BoardMachine>): number {
  return branch.children.reduce((sum, child) => sum + downBelow(child, board) + (board.get(child.asset.id)?.state === 'down' && child.asset.level === 'asset' ? 1 : 0), 0);
}
