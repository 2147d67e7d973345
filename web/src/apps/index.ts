import type { Component } from 'svelte';

/** The pages of the apps, one line each; the id is the app's own. */
export const appPages: { id: string; title: string; load: () => Promise<{ default: Component }> }[] = [
  { id: 'performance', title: 'Performance', load: () => import('./performance/PerformancePage.svelte') },
  { id: 'scheduling', title: 'Scheduling', load: () => import('./scheduling/SchedulingPage.svelte') },
  { id: 'ecosystem', title: 'Ecosystem', load: () => import('./ecosystem/EcosystemPage.svelte') },
  { id: 'programme', title: 'Programme', load: () => import('./programme/ProgrammePage.svelte') },
  { id: 'twin', title: 'Twin', load: () => import('./twin/TwinPage.svelte') },
];
