import { look } from '../look.svelte';
import { german } from './german';

/** A text of the pages in the person's language. The English text is the key; `{name}` takes a parameter. */
export function t(text: string, parameters?: Record<string, string | number>): string {
  let out = look.language === 'de' ? (german[text] ?? text) : text;
  if (parameters) for (const [name, value] of Object.entries(parameters)) out = out.replaceAll(`{${name}}`, String(value));
  return out;
}
