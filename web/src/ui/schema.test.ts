import { describe, expect, it } from 'vitest';
import { bookOf, initial, kindOf, pruned, resolve, type Schema } from './schema';

const schema: Schema = {
  $ref: '#/components/schemas/Settings',
  components: { schemas: {
    Settings: { type: 'object', required: ['host'], properties: { host: { type: 'string' }, port: { type: 'integer', default: 502 }, password: { type: 'string', writeOnly: true }, meters: { type: 'array', items: { $ref: '#/components/schemas/Meter' } }, limit: { oneOf: [{ type: 'number', description: 'in kW' }, { type: 'null' }] } } },
    Meter: { type: 'object', properties: { unit: { type: 'integer' }, map: { type: 'string', enum: ['sunspec', 'plain'] } } },
  } },
};
const book = bookOf(schema);

describe('schema', () => {
  it('follows references and takes off "or null"', () => {
    const settings = resolve(schema, book);
    expect(kindOf(settings)).toBe('record');
    expect(resolve(settings.properties!.limit, book)).toMatchObject({ type: 'number', description: 'in kW' });
    expect(kindOf(settings.properties!.password!)).toBe('secret');
    expect(resolve({ $ref: '#/nowhere' }, book)).toEqual({});
  });
  it('begins with defaults', () => {
    expect(initial(schema, book)).toEqual({ host: '', port: 502, password: '', meters: [], limit: null });
    expect(initial({ $ref: '#/components/schemas/Meter' }, book)).toEqual({ map: 'sunspec' });
  });
  it('leaves out what says nothing but keeps what is required', () => {
    expect(pruned({ host: '', port: 502, password: '', limit: null }, schema, book)).toEqual({ host: '', port: 502 });
  });
  it('does not hang on a record that refers to itself', () => {
    const circle: Schema = { $ref: '#/components/schemas/Node' };
    const nodes = { Node: { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } } };
    expect(() => initial(circle, nodes)).not.toThrow();
    expect(resolve({ $ref: '#/A' }, { A: { $ref: '#/A' } })).toEqual({});
  });
});
