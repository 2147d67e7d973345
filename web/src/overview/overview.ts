import type { BoardMachine, Connection, ConnectionHealth, Finding, MachineState } from '../api/contract';
import { reasonOf } from '../api/board';
import { duration, toMs } from '../ui/format.svelte';
import { t } from '../ui/words/words.svelte';

export type Counts = Record<MachineState, number>;

export function countStates(items: BoardMachine[]): Counts {
  const counts: Counts = { producing: 0, idle: 0, setup: 0, down: 0, planned_stop: 0, offline: 0 };
  for (const item of items) counts[item.state ?? 'offline']++;
  return counts;
}
/** Is everything running? In one sentence. */
export function headline(machines: BoardMachine[], now: number): string {
  if (machines.length === 0) return t('No machine is connected yet');
  const counts = countStates(machines);
  if (counts.down > 0) {
    const down = machines.filter((item) => item.state === 'down').sort((a, b) => (toMs(a.since) ?? now) - (toMs(b.since) ?? now));
    const worst = down[0]!;
    const since = toMs(worst.since);
    const what = [reasonOf(worst), since === null ? '' : duration(now - since)].filter(Boolean).join(', ');
    if (down.length === 1) return what ? t('{machine} is down: {what}', { machine: worst.name, what }) : t('{machine} is down', { machine: worst.name });
    return t('{n} of {all} machines are down, {machine} the longest ({what})', { n: down.length, all: machines.length, machine: worst.name, what: what || '–' });
  }
  if (counts.offline === machines.length) return t('No machine sends data');
  if (counts.offline > 0) return t('{n} of {all} machines send no data', { n: counts.offline, all: machines.length });
  if (machines.length === 1) return counts.producing ? t('{machine} is producing', { machine: machines[0]!.name }) : t('{machine} stands, but is not down', { machine: machines[0]!.name });
  if (counts.producing === machines.length) return t('All {all} machines are producing', { all: machines.length });
  return t('{n} of {all} machines are producing, none is down', { n: counts.producing, all: machines.length });
}
/** What needs a person, worst first. */
export interface Need {
  key: string;
  severity: Finding['severity'];
  title: string;
  detail: string;
  begin: string | null;
  href: string;
}
const order = { critical: 0, warning: 1, info: 2 };
/** Shorter stops end without anybody but the operator beside the machine. */
const kStaysDown = 120_000;
export function needs(findings: Finding[], connections: Connection[], health: Map<string, ConnectionHealth>, machines: BoardMachine[], now: number): Need[] {
  const list: Need[] = findings
    .filter((finding) => !finding.end)
    .map((finding) => ({ key: `${finding.app}/${finding.key}`, severity: finding.severity, title: finding.title, detail: finding.detail, begin: finding.begin, href: finding.asset ? `/plant/${encodeURIComponent(finding.asset)}` : '/performance' }));
  const told = new Set(findings.filter((finding) => !finding.end).map((finding) => finding.asset));
  for (const machine of machines) {
    if (machine.state !== 'down' || told.has(machine.asset) || now - (toMs(machine.since) ?? now) < kStaysDown) continue;
    list.push({ key: `down/${machine.asset}`, severity: 'warning', title: t('{machine} is down', { machine: machine.name }), detail: reasonOf(machine) || t('no reason given'), begin: machine.since, href: `/performance/${encodeURIComponent(machine.asset)}` });
  }
  for (const connection of connections) {
    const seen = health.get(connection.id);
    if (!connection.enabled || !seen || (seen.health !== 'degraded' && seen.health !== 'stopped')) continue;
    list.push({
      key: `connection/${connection.id}`,
      severity: seen.health === 'stopped' ? 'warning' : 'info',
      title: seen.health === 'stopped' ? t('{name} is not connected', { name: connection.name }) : t('{name} works only in part', { name: connection.name }),
      detail: seen.reason, begin: seen.since, href: `/connect/${encodeURIComponent(connection.id)}`,
    });
  }
  return list.sort((a, b) => order[a.severity] - order[b.severity] || (toMs(b.begin) ?? 0) - (toMs(a.begin) ?? 0));
}
