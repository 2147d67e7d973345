import type { EventKind, ProductionEvent } from '../api/contract';
import { duration, number } from './format.svelte';
import { stateWord } from './states';
import { t } from './words/words.svelte';

export const eventKinds: EventKind[] = ['state', 'good', 'scrap', 'rework', 'reason', 'order', 'alarm', 'alarm_end', 'gap'];
export function eventKindWord(kind: EventKind): string {
  switch (kind) {
    case 'state': return t('State');
    case 'good': return t('Good parts');
    case 'scrap': return t('Scrap');
    case 'rework': return t('Rework');
    case 'reason': return t('Reason given');
    case 'order': return t('Order begins');
    case 'alarm': return t('Alarm');
    case 'alarm_end': return t('Alarm over');
    default: return t('Gap');
  }
}
/** What happened, in a few words. */
export function eventText(event: ProductionEvent, reasonName: (id: string) => string = (id) => id): string {
  switch (event.kind) {
    case 'state': return [stateWord(event.state), event.reason && reasonName(event.reason)].filter(Boolean).join(': ');
    case 'good':
    case 'rework': return number(event.quantity, 0);
    case 'scrap': return [number(event.quantity, 0), event.reason && reasonName(event.reason)].filter(Boolean).join(', ');
    case 'order': return [event.order, event.product].filter(Boolean).join(', ');
    case 'gap': return t('Data may be missing for {duration}', { duration: duration(event.duration_ns / 1e6) });
    default: return event.reason ? reasonName(event.reason) : '';
  }
}
