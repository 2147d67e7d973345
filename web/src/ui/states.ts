import type { Health, MachineState, Severity } from '../api/contract';
import { t } from './words/words.svelte';

export const machineStates: MachineState[] = ['producing', 'idle', 'setup', 'down', 'planned_stop', 'offline'];
export function stateWord(state: MachineState | null | undefined): string {
  switch (state) {
    case 'producing': return t('Producing');
    case 'idle': return t('Waiting');
    case 'setup': return t('Set-up');
    case 'down': return t('Down');
    case 'planned_stop': return t('Planned stop');
    default: return t('No data');
  }
}
export const stateToken: Record<MachineState, string> = {
  producing: 'state-producing', idle: 'state-idle', setup: 'state-setup', down: 'state-down', planned_stop: 'state-planned', offline: 'state-offline',
};
export function healthWord(health: Health): string {
  switch (health) {
    case 'starting': return t('Starting');
    case 'active': return t('Active');
    case 'idle': return t('Idle');
    case 'degraded': return t('Degraded');
    default: return t('Stopped');
  }
}
export function severityWord(severity: Severity): string {
  return severity === 'critical' ? t('Critical') : severity === 'warning' ? t('Warning') : t('Note');
}
