// The pure part of the ecosystem's pages: where things lie on a map, and how a graph settles.
import { t } from '../../ui/words/words.svelte';
import type { Domain } from './contract';

export interface View {
  south: number;
  west: number;
  north: number;
  east: number;
}
/** Web Mercator, in parts of the world's width; beyond 85 degrees it ends. */
export function mercator(latitude: number, longitude: number): { x: number; y: number } {
  const phi = (Math.max(-85, Math.min(85, latitude)) * Math.PI) / 180;
  return { x: (longitude + 180) / 360, y: (1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2 };
}
export function unmercator(x: number, y: number): { latitude: number; longitude: number } {
  return { latitude: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, longitude: x * 360 - 180 };
}
/** The smallest view that holds all points, with a margin; the whole world for none. */
export function viewOf(points: { latitude: number; longitude: number }[]): View {
  if (points.length === 0) return { south: -60, west: -170, north: 75, east: 180 };
  const lat = points.map((point) => point.latitude);
  const lon = points.map((point) => point.longitude);
  const [south, north, west, east] = [Math.min(...lat), Math.max(...lat), Math.min(...lon), Math.max(...lon)];
  const margin = Math.max(1, 0.1 * Math.max(north - south, east - west));
  return { south: Math.max(-84, south - margin), west: Math.max(-180, west - margin), north: Math.min(84, north + margin), east: Math.min(180, east + margin) };
}
/**
 * The view of most sites: a tenth at most is left out, when the rest then needs less than half of the width. Far members
 * would leave a map of a region almost empty.
 */
export function viewOfMost(cells: { latitude: number; longitude: number; sites: number }[]): { view: View; outside: number } {
  const all = viewOf(cells);
  const total = cells.reduce((sum, cell) => sum + cell.sites, 0);
  const byLongitude = [...cells].sort((a, b) => a.longitude - b.longitude);
  let best = { kept: byLongitude, width: all.east - all.west };
  for (let from = 0, before = 0; from < byLongitude.length && before <= total / 10; before += byLongitude[from]!.sites, from++) {
    let behind = 0;
    for (let to = byLongitude.length; to > from && before + behind <= total / 10; to--, behind += byLongitude[to]!.sites) {
      const width = byLongitude[to - 1]!.longitude - byLongitude[from]!.longitude;
      if (width < best.width) best = { kept: byLongitude.slice(from, to), width };
    }
  }
  const view = viewOf(best.kept);
  if (view.east - view.west > (all.east - all.west) / 2) return { view: all, outside: 0 };
  return { view, outside: total - best.kept.reduce((sum, cell) => sum + cell.sites, 0) };
}
/** As high as the sites need at this width, so that a tall screen isn't mostly sea. */
export function heightFor(view: View, width: number, most: number): number {
  const [a, b] = [mercator(view.north, view.west), mercator(view.south, view.east)];
  return Math.round(Math.max(240, Math.min(most, (width * (b.y - a.y)) / Math.max(1e-6, b.x - a.x))));
}
export interface Projection {
  at: (latitude: number, longitude: number) => { x: number; y: number };
  /** What the whole picture shows, which is more than was asked for where its shape differs. */
  view: View;
}
/** Fits the view into the picture without stretching it. */
export function project(view: View, width: number, height: number): Projection {
  const [a, b] = [mercator(view.north, view.west), mercator(view.south, view.east)];
  const scale = Math.min(width / Math.max(1e-6, b.x - a.x), height / Math.max(1e-6, b.y - a.y));
  const [left, top] = [(a.x + b.x) / 2 - width / scale / 2, (a.y + b.y) / 2 - height / scale / 2];
  const [corner, other] = [unmercator(left, top), unmercator(left + width / scale, top + height / scale)];
  return {
    at: (latitude, longitude) => {
      const point = mercator(latitude, longitude);
      return { x: (point.x - left) * scale, y: (point.y - top) * scale };
    },
    view: { south: Math.max(-85, other.latitude), north: Math.min(85, corner.latitude), west: Math.max(-180, corner.longitude), east: Math.min(180, other.longitude) },
  };
}
/** Which single sites can be named: their text, to the right of the dot, hits no circle and no name before it. */
export function namesWithRoom(dots: { x: number; y: number; radius: number; sites: number; name: string }[]): boolean[] {
  const taken = dots.map((one) => ({ left: one.x - one.radius, right: one.x + one.radius, top: one.y - one.radius, bottom: one.y + one.radius }));
  return dots.map((one) => {
    if (one.sites > 1) return false;
    const text = { left: one.x + 6, right: one.x + 10 + one.name.length * 6.2, top: one.y - 6, bottom: one.y + 6 };
    if (taken.some((other) => text.left < other.right && text.right > other.left && text.top < other.bottom && text.bottom > other.top)) return false;
    taken.push(text);
    return true;
  });
}
/** Lines of latitude and longitude at a round distance, about five of each. */
export function graticule(view: View): { latitudes: number[]; longitudes: number[] } {
  const step = (span: number) => [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 45].find((one) => span / one <= 7) ?? 60;
  const lines = (from: number, to: number) => {
    const each = step(to - from);
    const out: number[] = [];
    for (let at = Math.ceil(from / each) * each; at <= to; at += each) out.push(Number(at.toFixed(4)));
    return out;
  };
  return { latitudes: lines(view.south, view.north), longitudes: lines(view.west, view.east) };
}
export function zoom(view: View, factor: number, latitude?: number, longitude?: number): View {
  const [lat, lon] = [latitude ?? (view.south + view.north) / 2, longitude ?? (view.west + view.east) / 2];
  const [tall, wide] = [Math.min(84, ((view.north - view.south) * factor) / 2), Math.min(180, ((view.east - view.west) * factor) / 2)];
  return { south: Math.max(-84, lat - tall), north: Math.min(84, lat + tall), west: Math.max(-180, lon - wide), east: Math.min(180, lon + wide) };
}

export interface Dot {
  id: string;
  x: number;
  y: number;
}
/** Spring layout in a unit square: linked dots draw together, all push apart. Same input, same picture. */
export function settle(ids: string[], edges: { from: string; to: string }[], rounds = 120): Map<string, Dot> {
  const dots = ids.map((id, index) => ({ id, x: 0.5 + 0.4 * Math.cos(index * 2.399963), y: 0.5 + 0.4 * Math.sin(index * 2.399963) * ((index % 7) / 7 + 0.3) }));
  const at = new Map(dots.map((dot, index) => [dot.id, index]));
  const pairs = edges.flatMap((edge) => {
    const [a, b] = [at.get(edge.from), at.get(edge.to)];
    return a === undefined || b === undefined || a === b ? [] : [[a, b] as const];
  });
  const k = 0.8 / Math.sqrt(Math.max(1, dots.length));
  for (let round = 0; round < rounds; round++) {
    const hot = 0.05 * (1 - round / rounds);
    const dx = new Float64Array(dots.length);
    const dy = new Float64Array(dots.length);
    for (let i = 0; i < dots.length; i++) {
      for (let j = i + 1; j < dots.length; j++) {
        const [x, y] = [dots[i]!.x - dots[j]!.x, dots[i]!.y - dots[j]!.y];
        const push = (k * k) / Math.max(1e-4, x * x + y * y);
        dx[i]! += x * push; dy[i]! += y * push; dx[j]! -= x * push; dy[j]! -= y * push;
      }
    }
    for (const [a, b] of pairs) {
      const [x, y] = [dots[a]!.x - dots[b]!.x, dots[a]!.y - dots[b]!.y];
      const pull = Math.hypot(x, y) / k;
      dx[a]! -= x * pull; dy[a]! -= y * pull; dx[b]! += x * pull; dy[b]! += y * pull;
    }
    dots.forEach((dot, index) => {
      const [x, y] = [dx[index]! - (dot.x - 0.5) * 0.5, dy[index]! - (dot.y - 0.5) * 0.5];
      const far = Math.max(1e-9, Math.hypot(x, y));
      dot.x = Math.min(0.98, Math.max(0.02, dot.x + (x / far) * Math.min(far, hot)));
      dot.y = Math.min(0.98, Math.max(0.02, dot.y + (y / far) * Math.min(far, hot)));
    });
  }
  return new Map(dots.map((dot) => [dot.id, dot]));
}

export const domains: Domain[] = ['production', 'supply_chain', 'customer', 'talent'];
export function domainName(domain: Domain): string {
  switch (domain) {
    case 'production': return t('Production');
    case 'supply_chain': return t('Supply chain');
    case 'customer': return t('Customer');
    default: return t('Talent');
  }
}
export function relationName(kind: string): string {
  switch (kind) {
    case 'supplies': return t('supplies');
    case 'licenses': return t('licenses to');
    case 'shares_data': return t('shares data with');
    case 'co_invests': return t('co-invests with');
    case 'trains': return t('trains');
    case 'services': return t('services');
    case 'convenes': return t('convenes');
    default: return t('researches with');
  }
}
