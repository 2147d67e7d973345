import type { Connection, ValueType } from '../api/contract';
import { nodeName } from './changes';

/** Something that a connection's settings allow to be changed: a value, or a method of an object. */
export interface Changeable {
  key: string;
  connection: string;
  connectionName: string;
  node: string;
  /** Empty: the value of `node` is written. */
  method: string;
  low: number | null;
  high: number | null;
}

interface WriteChoice { node: string; low?: number | null; high?: number | null }
interface CallChoice { object: string; method: string }
const list = <T>(settings: Record<string, unknown>, name: string): T[] => (Array.isArray(settings[name]) ? (settings[name] as T[]) : []);

/** All that may be changed through these connections, the values of each before its methods. */
export function changeables(connections: Connection[]): Changeable[] {
  return connections.flatMap((connection) => {
    const of = (node: string, method: string, low?: number | null, high?: number | null): Changeable => ({ key: JSON.stringify([connection.id, node, method]), connection: connection.id, connectionName: connection.name || connection.id, node, method, low: low ?? null, high: high ?? null });
    return [
      ...list<WriteChoice>(connection.settings, 'writable').map((one) => of(one.node, '', one.low, one.high)),
      ...list<CallChoice>(connection.settings, 'callable').map((one) => of(one.object, one.method)),
    ];
  });
}

/** What people call it: `Press1.Target`, `Press1.Reset()`. */
export const changeableName = (one: Changeable): string => (one.method ? `${nodeName(one.method)}()` : nodeName(one.node));

/** How a value is typed in; `json` where the type isn't known, and for the arguments of a method. */
export type Entry = 'number' | 'boolean' | 'text' | 'json';

export function entryOf(one: Changeable, type: ValueType | undefined): Entry {
  if (one.method) return 'json';
  switch (type) {
    case 'real':
    case 'integer':
      return 'number';
    case 'boolean':
    case 'text':
      return type;
    default:
      return 'json';
  }
}

/** A machine mustn't get another number than the one that was typed: above 2^53 the browser rounds whole ones. */
function isExact(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (value !== null && typeof value === 'object') return Object.values(value).every(isExact);
  return true;
}

/** What was typed, as the node wants it; nothing where it is none yet. */
export function typedValue(entry: Entry, text: string): { value: unknown } | null {
  switch (entry) {
    case 'text':
      return { value: text };
    case 'boolean':
      return text === '' ? null : { value: text === 'true' };
    case 'number':
      return text.trim() === '' || !Number.isFinite(Number(text)) || !isExact(Number(text)) ? null : { value: Number(text) };
    case 'json':
      try {
        const value: unknown = JSON.parse(text);
        return isExact(value) ? { value } : null;
      } catch {
        return null;
      }
  }
}
