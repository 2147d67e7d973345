import type { Page } from './contract';
import { Problem, problemOf } from './problem';

export type Parameters = Record<string, string | number | boolean | undefined | null>;
/** A record with the version it had when read, to be given back when it is changed. */
export interface Versioned<T> {
  record: T;
  version: string | null;
}

let onSignedOut: () => void = () => {};
/** Called when the node no longer knows the session. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

export function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

async function request(method: string, path: string, options: { parameters?: Parameters; body?: BodyInit; type?: string; version?: string | null; stop?: AbortSignal } = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-Hanse-Csrf'] = '1';
  if (options.type) headers['Content-Type'] = options.type;
  if (options.version) headers['If-Match'] = options.version;
  const url = address(path, options.parameters);
  let answer: Response;
  try {
    answer = await fetch(url, { method, headers, body: options.body, signal: options.stop, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', '', '', [], `${method} ${url}\n${String(error)}`);
  }
  if (answer.ok) return answer;
  const problem = problemOf(answer.status, await answer.text(), `${method} ${url}`);
  if (answer.status === 401 && path !== '/session') onSignedOut();
  throw problem;
}

async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function get<T>(path: string, parameters?: Parameters, stop?: AbortSignal): Promise<T> {
  return read<T>(await request('GET', path, { parameters, stop }));
}
export async function getVersioned<T>(path: string): Promise<Versioned<T>> {
  const answer = await request('GET', path);
  return { record: await read<T>(answer), version: answer.headers.get('ETag') };
}
export async function post<T = void>(path: string, body: unknown = {}, parameters?: Parameters): Promise<T> {
  return read<T>(await request('POST', path, { parameters, body: JSON.stringify(body), type: 'application/json' }));
}
export async function postText<T>(path: string, body: string, type: string, parameters?: Parameters): Promise<T> {
  return read<T>(await request('POST', path, { parameters, body, type }));
}
export async function postFile<T>(path: string, file: Blob, parameters?: Parameters): Promise<T> {
  return read<T>(await request('POST', path, { parameters, body: file, type: 'application/octet-stream' }));
}
export async function put<T = void>(path: string, body: unknown, version?: string | null): Promise<T> {
  return read<T>(await request('PUT', path, { body: JSON.stringify(body), type: 'application/json', version }));
}
export async function remove(path: string, version?: string | null): Promise<void> {
  await request('DELETE', path, { version });
}
/** All pages of a list up to `most`, for lists that people keep short (reasons, calendars, lines). */
export async function all<T>(path: string, parameters: Parameters = {}, most = 5000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await get(path, { ...parameters, limit: 1000, cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor && items.length < most);
  return items;
}
/** A moment as the node reads it in a query. */
export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
