import type { Component } from 'svelte';
import { appPages } from '../apps';

export interface PageEntry {
  id: string;
  path: string;
  title: string;
  load: () => Promise<{ default: Component }>;
  /** Shown only when the node has it. */
  when?: 'simulation';
}
/** All pages, in the order of the navigation. Each is loaded when it is first opened. */
export const pages: PageEntry[] = [
  { id: 'overview', path: '/', title: 'Overview', load: () => import('../overview/OverviewPage.svelte') },
  { id: 'plant', path: '/plant', title: 'Plant', load: () => import('../plant/PlantPage.svelte') },
  { id: 'connect', path: '/connect', title: 'Connect', load: () => import('../connect/ConnectPage.svelte') },
  ...appPages.map((app) => ({ ...app, path: `/${app.id}` })),
  { id: 'partners', path: '/partners', title: 'Partners', load: () => import('../partners/PartnersPage.svelte') },
  { id: 'simulation', path: '/simulation', title: 'Simulation', load: () => import('../simulation/SimulationPage.svelte'), when: 'simulation' },
  { id: 'admin', path: '/admin', title: 'Admin', load: () => import('../admin/AdminPage.svelte') },
];
export function pageOf(path: string, entries: PageEntry[]): PageEntry | undefined {
  return entries.find((page) => (page.path === '/' ? path === '/' : path === page.path || path.startsWith(`${page.path}/`)));
}
