import { describe, expect, it } from 'vitest';
import type { ElementRow } from '../../api/contract';
import { codeOf, identification, isNameplate } from './nameplate';

const row = (id_short: string, value: string, semantic_id = ''): ElementRow => ({ path: id_short, depth: 0, kind: 'Property', id_short, semantic_id, value, value_type: 'xs:anyURI', unit: '', description: '', signal: null, writable: false });
const node = 'https://hanse.example.org';

describe('the mark of a nameplate', () => {
  it('knows nameplates of all editions', () => {
    expect(isNameplate({ semantic_id: 'https://admin-shell.io/idta/nameplate/3/0/Nameplate' })).toBe(true);
    expect(isNameplate({ semantic_id: 'https://admin-shell.io/zvei/nameplate/2/0/Nameplate' })).toBe(true);
    expect(isNameplate({ semantic_id: 'https://admin-shell.io/zvei/nameplate/1/0/ContactInformations' })).toBe(false);
  });
  it('leads to the product where its address is one of the web', () => {
    const own = 'https://id.maker.example/SN-4711?x=1';
    expect(identification([row('Name', 'x'), row('Adresse', ` ${own} `, '0112/2///61987#ABN590#002')], 'urn:s', node)).toEqual({ link: own, own: true });
    expect(identification([row('URIOfTheProduct', own)], 'urn:s', node)?.own).toBe(true);
  });
  it('leads to the twin at this node otherwise, and is none that would be too long', () => {
    for (const value of ['urn:hanse:asset:press-7', '', 'javascript:alert(1)', 'https://', `https://x.example/${'a'.repeat(240)}`])
      expect(identification([row('URIOfTheProduct', value)], 'urn:s m', node), value).toEqual({ link: `${node}/twin?submodel=urn%3As%20m`, own: false });
    expect(identification([], `urn:${'s'.repeat(240)}`, node)).toBeNull();
  });
  it('is drawn with its three finders', () => {
    const { size, path } = codeOf(`${node}/twin?submodel=urn%3As`);
    expect((size - 21) % 4).toBe(0);
    const dark = (x: number, y: number) => path.includes(`M${x} ${y}h1v1h-1z`);
    for (const [x, y] of [[0, 0], [size - 7, 0], [0, size - 7]] as const) {
      for (let i = 0; i < 7; ++i) expect(dark(x + i, y) && dark(x, y + i) && dark(x + 3, y + 3)).toBe(true);
      expect(dark(x + 1, y + 1)).toBe(false);
    }
    expect([0, 1, 2, 3, 4, 5, 6].every((i) => dark(size - 7 + i, size - 1) && dark(size - 1, size - 7 + i))).toBe(false);
    expect(codeOf(`${node}/other`).path).not.toBe(path);
  });
});
