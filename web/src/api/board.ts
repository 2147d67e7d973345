import { all, get } from './client';
import type { Asset, Board, BoardMachine, Connection, ConnectionHealth, Page } from './contract';

/** All lines and machines as they are now; where the performance app doesn't answer, the plant's machines without states. */
export async function readBoard(stop?: AbortSignal): Promise<Board> {
  try {
    return await get<Board>('/apps/performance/board', {}, stop);
  } catch (error) {
    if (stop?.aborted) throw error;
    const assets = await all<Asset>('/assets');
    return boardOfTree(assets);
  }
}
/** What the board would be if nothing were known of any machine. */
export function boardOfTree(assets: Asset[]): Board {
  const byParent = new Map<string, BoardMachine[]>();
  for (const asset of assets) {
    if (asset.level === 'asset') byParent.set(asset.parent, [...(byParent.get(asset.parent) ?? []), unknownMachine(asset)]);
  }
  const name = new Map(assets.map((asset) => [asset.id, asset.name]));
  const lines = [...byParent].map(([asset, machines]) => ({ asset, name: name.get(asset) ?? '', oee: null, good: 0, scrap: 0, machines }));
  return { now: new Date().toISOString(), lines };
}
export const machinesOf = (board: Board | undefined): BoardMachine[] => board?.lines.flatMap((line) => line.machines) ?? [];
export function unknownMachine(asset: Asset): BoardMachine {
  return {
    asset: asset.id, name: asset.name, kind: asset.kind, state: 'offline', since: null, reason: '', reason_name: '', alarm: '', order: '', product: '', shift: '', shift_begin: null,
    shift_end: null, oee: null, availability: null, effectiveness: null, quality: null, coverage: 0, good: null, scrap: null, target: null, missing: '',
  };
}
/** Why it stands, in the best words there are. */
export const reasonOf = (machine: BoardMachine): string => machine.reason_name || machine.reason || machine.alarm;
export async function readHealth(stop?: AbortSignal): Promise<Map<string, ConnectionHealth>> {
  const answer = await get<Page<ConnectionHealth>>('/connections-health', {}, stop);
  return new Map(answer.items.map((item) => [item.id, item]));
}
export const readConnections = (): Promise<Connection[]> => all<Connection>('/connections');
