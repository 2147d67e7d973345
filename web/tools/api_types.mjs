// Writes src/api/generated.ts from docs/api/openapi.json: one TypeScript type per schema. The document comes from the
// node's described records, whose schemas use few forms; an unknown form stops the build.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../../docs/api/openapi.json', import.meta.url);
const target = new URL('../src/api/generated.ts', import.meta.url);
const schemas = existsSync(source) ? (JSON.parse(readFileSync(source, 'utf8')).components?.schemas ?? {}) : {};

// A record that has no name outside its C++ file is `anonymous_Name` in the document.
const typeName = (name) => name.replaceAll('anonymous_', '').replace(/(?:^|[^A-Za-z0-9]+)(.)?/g, (_, next) => (next ?? '').toUpperCase());
const plain = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' };

/** Each of the types once. */
const either = (types) => [...new Set(types.flatMap((type) => type.split(' | ')))].join(' | ');

function typeOf(schema, where) {
  if (schema.$ref) return typeName(schema.$ref.split('/').pop());
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return either(several.map((one) => typeOf(one, where)));
  if (Array.isArray(schema.type)) return either(schema.type.map((type) => typeOf({ ...schema, type }, where)));
  if (schema.type === 'array') return `(${typeOf(schema.items ?? {}, where)})[]`;
  if (schema.type === 'object') {
    if (schema.properties) return record(schema, where);
    const values = schema.additionalProperties;
    return `Record<string, ${values && values !== true ? typeOf(values, where) : 'unknown'}>`;
  }
  if (schema.type === undefined) return 'unknown';
  if (!(schema.type in plain)) throw new Error(`${where}: type '${schema.type}' is not known to api_types.mjs`);
  return plain[schema.type];
}

function record(schema, where) {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties).map(([name, member]) => {
    const note = member.description ? `  /** ${member.description.replaceAll('*/', '')} */\n` : '';
    return `${note}  ${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeOf(member, `${where}.${name}`)};`;
  });
  return members.length ? `{\n${members.join('\n')}\n}` : 'Record<string, never>';
}

const text = ['// Written by tools/api_types.mjs from docs/api/openapi.json. Not to be edited.', 'export {};'];
const seen = new Map();
for (const [name, schema] of Object.entries(schemas)) {
  const type = typeName(name);
  if (seen.has(type)) throw new Error(`schemas '${seen.get(type)}' and '${name}' would both be the type ${type}`);
  seen.set(type, name);
  text.push(`export type ${type} = ${typeOf(schema, name)};`);
}
const out = text.join('\n') + '\n';
if (!existsSync(target) || readFileSync(target, 'utf8') !== out) writeFileSync(target, out);
