import type { MachineChange } from '../api/contract';
import { t } from '../ui/words/words.svelte';

/** `Press1.Target` of `nsu=urn:press;s=Press1.Target`: what people know a node by. */
export const nodeName = (node: string): string => /(?:^|;)[sigb]=(.*)$/.exec(node)?.[1] ?? node;

/** Who without `user:`. */
export const person = (who: string): string => who.replace(/^user:/, '');

/** What is asked for, in a line: `Press1.Target = 42.5`, `Press1.Reset(1, "a")`. */
export function wish(change: MachineChange): string {
  const { address, method, value } = change.command;
  if (!method) return `${nodeName(address)} = ${JSON.stringify(value)}`;
  const list = Array.isArray(value) ? value.map((one) => JSON.stringify(one)).join(', ') : '';
  return `${nodeName(method)}(${list})`;
}

export function stateWords(state: MachineChange['state']): string {
  switch (state) {
    case 'pending':
      return t('Waits for a second person');
    case 'approved':
      return t('On its way to the machine');
    case 'done':
      return t('Done');
    case 'failed':
      return t('Failed: nothing was changed');
    case 'unknown':
      return t('Unknown: look at the machine');
    case 'refused':
      return t('Refused');
    case 'expired':
      return t('Nobody decided in time');
  }
}

/** Says in a sentence what there is to decide, and what somebody has to look at. */
export function changesHeadline(items: MachineChange[]): string {
  const waiting = items.filter((one) => one.state === 'pending');
  if (waiting.length === 1) return t('One change waits for a second person');
  if (waiting.length > 1) return t('{n} changes wait for a second person', { n: waiting.length });
  return t('No change waits');
}
