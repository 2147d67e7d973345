// Reading a JSON Schema as the node writes it, to make a form of it.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: (string | number)[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  description?: string;
  title?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  writeOnly?: boolean;
  readOnly?: boolean;
  format?: string;
  components?: { schemas?: Record<string, Schema> };
  $defs?: Record<string, Schema>;
}
export type SchemaBook = Record<string, Schema>;
export type Kind = 'text' | 'secret' | 'number' | 'integer' | 'boolean' | 'choice' | 'list' | 'record' | 'map' | 'any';

export function bookOf(schema: Schema): SchemaBook {
  return { ...schema.components?.schemas, ...schema.$defs };
}
/** The schema itself: references followed, `or null` taken off, its own description kept. */
export function resolve(schema: Schema | undefined, book: SchemaBook): Schema {
  let now: Schema = schema ?? {};
  for (let steps = 0; steps < 16; steps++) {
    if (now.$ref) {
      const found: Schema | undefined = book[now.$ref.split('/').pop() ?? ''];
      if (!found) return {};
      now = { ...found, description: now.description ?? found.description };
      continue;
    }
    const choices: Schema[] | undefined = (now.oneOf ?? now.anyOf)?.filter((one) => one.type !== 'null');
    if (choices?.length === 1) {
      now = { ...choices[0]!, description: choices[0]!.description ?? now.description };
      continue;
    }
    return now;
  }
  return {};
}
export function isOptional(schema: Schema): boolean {
  return (schema.oneOf ?? schema.anyOf)?.some((one) => one.type === 'null') ?? false;
}
export function kindOf(schema: Schema): Kind {
  if (schema.enum) return 'choice';
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  switch (type) {
    case 'string': return schema.writeOnly ? 'secret' : 'text';
    case 'integer': return 'integer';
    case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'array': return 'list';
    case 'object': return schema.properties ? 'record' : 'map';
    default: return 'any';
  }
}
/** What a new value of the schema begins as. */
export function initial(schema: Schema, book: SchemaBook, depth = 0): unknown {
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (isOptional(schema)) return null;
  const known = resolve(schema, book);
  if (known.default !== undefined) return structuredClone(known.default);
  switch (kindOf(known)) {
    case 'boolean': return false;
    case 'choice': return known.enum![0];
    case 'list': return [];
    case 'map': return {};
    case 'record': {
      if (depth > 6) return {};
      const out: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(known.properties ?? {})) {
        const value = initial(member, book, depth + 1);
        if (value !== undefined) out[name] = value;
      }
      return out;
    }
    case 'secret':
    case 'text': return '';
    default: return undefined;
  }
}
/** Without the members that say nothing, so that the node's own defaults hold. */
export function pruned(value: unknown, schema: Schema, book: SchemaBook): unknown {
  const known = resolve(schema, book);
  if (kindOf(known) !== 'record' || typeof value !== 'object' || value === null) return value;
  const required = new Set(known.required ?? []);
  const out: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const inner = pruned(member, known.properties?.[name] ?? {}, book);
    if (inner === undefined || ((inner === '' || inner === null) && !required.has(name))) continue;
    out[name] = inner;
  }
  return out;
}
/** `time_limit_ms` as `Time limit ms`. */
export function label(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
