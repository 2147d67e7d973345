import { get } from './client';

let book: Promise<Record<string, object>> | null = null;
/** The node's own description of its records; read once. */
export function schemas(): Promise<Record<string, object>> {
  book ??= get<{ components?: { schemas?: Record<string, object> } }>('/openapi.json').then((document) => document.components?.schemas ?? {});
  book.catch(() => (book = null));
  return book;
}
