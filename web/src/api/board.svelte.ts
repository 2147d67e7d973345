import { all, get } from './client';
import type { Asset, Board, BoardItem, Connection, ConnectionHealth, Page } from './contract';

/** All machines and lines as they are now; where the performance app says nothing, the plant's tree without states. */
export async function readBoard(stop?: AbortSignal): Promise<BoardItem[]> {
  try {
    return (await get<Board>('/apps/performance/board', {}, stop)).items;
  } catch (error) {
    if (stop?.aborted) throw error;
    const assets = await all<Asset>('/assets');
    return assets.filter((asset) => asset.level === 'asset' || asset.level === 'line').map(unknownItem);
  }
}
export function unknownItem(asset: Asset): BoardItem {
  return { asset: asset.id, name: asset.name, level: asset.level, parent: asset.parent, state: 'offline', since: null, reason: '', order: '', product: '', oee: null, good: 0, scrap: 0, target: null, shift: '' };
}
export async function readHealth(stop?: AbortSignal): Promise<Map<string, ConnectionHealth>> {
  const answer = await get<Page<ConnectionHealth>>('/connections-health', {}, stop);
  return new Map(answer.items.map((item) => [item.id ?? item.connection ?? '', item]));
}
export const readConnections = (): Promise<Connection[]> => all<Connection>('/connections');
