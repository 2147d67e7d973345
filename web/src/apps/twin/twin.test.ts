import { describe, expect, it } from 'vitest';
import type { ElementRow, ShellRow } from '../../api/contract';
import { describesInterfaces, encodeId, entryOfType, holdsOthers, matching, nameOf, previous, visible } from './twin';

const row = (path: string, depth: number): ElementRow => ({ path, depth, kind: 'Property', id_short: path, semantic_id: '', value: '', value_type: '', unit: '', description: '', signal: null, writable: false });
const shell = (name: string, submodel: string): ShellRow => ({ id: `urn:${name}`, id_short: name, name, asset_kind: 'Instance', asset_id: '', generated: true, submodels: [{ id: 'x', id_short: submodel, semantic_id: '', here: true }] });

describe('twins', () => {
  it('are found by all words, in submodels too', () => {
    const shells = [shell('Press 7', 'Nameplate'), shell('Robot', 'Signals')];
    expect(matching(shells, 'press name').map((one) => one.name)).toEqual(['Press 7']);
    expect(matching(shells, 'signals')).toHaveLength(1);
    expect(matching(shells, ' ')).toHaveLength(2);
  });
  it('have a name whatever they lack', () => {
    expect(nameOf({ id_short: '', id: 'urn:x' })).toBe('urn:x');
    expect(nameOf({ name: 'Press', id_short: 'p', id: 'urn:x' })).toBe('Press');
  });
  it('hide what is below a closed element, and no more', () => {
    const rows = [row('a', 0), row('a.b', 1), row('a.b.c', 2), row('d', 0)];
    expect(visible(rows, new Set(['a.b'])).map((one) => one.path)).toEqual(['a', 'a.b', 'd']);
    expect(visible(rows, new Set(['a'])).map((one) => one.path)).toEqual(['a', 'd']);
    expect(holdsOthers(rows, 0)).toBe(true);
    expect(holdsOthers(rows, 3)).toBe(false);
  });
  it('take values by the type of the property', () => {
    for (const type of ['xs:double', 'xs:int', 'xs:unsignedByte', 'xs:nonNegativeInteger', 'xs:positiveInteger', 'xs:decimal']) expect(entryOfType(type), type).toBe('number');
    for (const type of ['xs:string', 'xs:date', 'xs:duration', '']) expect(entryOfType(type), type).toBe('text');
    expect(entryOfType('xs:boolean')).toBe('boolean');
  });
  it('describe interfaces by their semantic id, in both editions', () => {
    for (const edition of ['1/0', '1/1']) expect(describesInterfaces({ semantic_id: `https://admin-shell.io/idta/AssetInterfacesDescription/${edition}/Submodel` })).toBe(true);
    expect(describesInterfaces({ semantic_id: 'https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/2/0/Submodel' })).toBe(false);
  });
  it('have a version before each but the first', () => {
    expect(previous(['c', 'b', 'a'], 'c')).toBe('b');
    expect(previous(['c', 'b', 'a'], 'a')).toBeUndefined();
    expect(previous(['c'], 'x')).toBeUndefined();
  });
  it('are addressed as the standard has it', () => {
    expect(encodeId('urn:x?>ä')).toBe('dXJuOng_PsOk');
  });
});
