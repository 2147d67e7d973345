// Short news at the edge: what was done, with the way back.
import { t } from './words/words.svelte';

export interface Toast {
  id: number;
  text: string;
  undo?: () => Promise<void> | void;
  failed?: boolean;
}
let toasts = $state<Toast[]>([]);
let last = 0;
export const shownToasts = {
  get all() {
    return toasts;
  },
};
export function tell(text: string, undo?: Toast['undo'], failed = false): void {
  const id = ++last;
  toasts = [...toasts.slice(-3), { id, text, undo, failed }];
  setTimeout(() => dismiss(id), undo ? 12_000 : 6_000);
}
export function dismiss(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id);
}
export async function takeBack(toast: Toast): Promise<void> {
  dismiss(toast.id);
  try {
    await toast.undo?.();
    tell(t('Undone'));
  } catch (error) {
    tell(t('Undo did not work: {why}', { why: error instanceof Error ? error.message : String(error) }), undefined, true);
  }
}
