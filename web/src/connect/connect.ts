import type { Asset, BrowsedValue, Connection, ConnectionHealth, Protocol } from '../api/contract';
import { bookOf, initial, type Schema, type SchemaBook } from '../ui/schema';
import { t } from '../ui/words/words.svelte';

/** A protocol's settings schema and what it refers to, in whichever of the two shapes the node sends it. */
export function settingsSchema(protocol: Protocol): { schema: Schema; book: SchemaBook } {
  const sent = protocol.schema as Schema & { schema?: Schema };
  const book = bookOf(sent);
  return { schema: sent.schema ?? sent, book };
}
export function firstSettings(protocol: Protocol): Record<string, unknown> {
  const { schema, book } = settingsSchema(protocol);
  return (initial(schema, book) as Record<string, unknown> | undefined) ?? {};
}
/** Lower-case words and hyphens, as ids are. */
export function idFrom(name: string): string {
  return name.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 100);
}
/** Says in a sentence how all connections are. */
export function headline(connections: Connection[], health: Map<string, ConnectionHealth>): string {
  if (connections.length === 0) return t('Nothing is connected yet');
  const on = connections.filter((one) => one.enabled);
  const bad = on.filter((one) => ['stopped', 'degraded'].includes(health.get(one.id)?.health ?? ''));
  if (bad.length === 1) return t('{name} needs a look', { name: bad[0]!.name });
  if (bad.length > 1) return t('{n} of {all} connections need a look', { n: bad.length, all: on.length });
  return on.length === 1 ? t('The connection works') : t('All {n} connections work', { n: on.length });
}
/** Values in the order of their devices, and how many devices there are. */
export function byDevice(values: BrowsedValue[]): { device: string; values: BrowsedValue[] }[] {
  const groups = new Map<string, BrowsedValue[]>();
  for (const value of values) {
    const list = groups.get(value.declaration.device);
    if (list) list.push(value);
    else groups.set(value.declaration.device, [value]);
  }
  return [...groups].map(([device, list]) => ({ device, values: list })).sort((a, b) => a.device.localeCompare(b.device, undefined, { numeric: true }));
}
/** Where a machine can be hung: everything but machines, the nearest line first. */
export function places(assets: Asset[]): Asset[] {
  const rank = { line: 0, work_unit: 1, area: 2, site: 3, enterprise: 4, asset: 5 };
  return assets.filter((asset) => asset.level !== 'asset').sort((a, b) => rank[a.level] - rank[b.level] || a.position - b.position || a.name.localeCompare(b.name, undefined, { numeric: true }));
}
/** Did the test find values of one machine only, which the source has no name for? */
export const isOneMachine = (devices: { device: string }[]): boolean => devices.length > 0 && devices.every((one) => one.device === '');
/** All equipment, machines before what holds them. */
export const machinesFirst = (assets: Asset[]): Asset[] => [...assets.filter((asset) => asset.level === 'asset').sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })), ...places(assets)];
/** Where what is new stands among the children of `parent`: behind all of them. */
export const nextPosition = (assets: Asset[], parent: string): number => Math.max(0, ...assets.filter((asset) => asset.parent === parent).map((asset) => asset.position)) + 1;
/** A line hangs in an area, a site or an enterprise. */
export const canHoldLine = (asset: Asset): boolean => asset.level === 'enterprise' || asset.level === 'site' || asset.level === 'area';
/** What an OPC UA connection reads, chosen from what a file describes. A slash divides device and name. */
export const nodeChoices = (values: BrowsedValue[]): { node: string; name: string; meaning: string; unit: string }[] =>
  values.map(({ declaration: one }) => ({ node: one.address, name: one.device ? `${one.device}/${one.name}` : one.name, meaning: one.meaning, unit: one.unit }));
export const steps = ['protocol', 'settings', 'test', 'place', 'done'] as const;
export type Step = (typeof steps)[number];
