import { describe, expect, it } from 'vitest';
import { german } from './german';
import { spoken } from './german/spoken';

const sources = import.meta.glob(['../../**/*.{svelte,ts}', '!../../**/*.test.ts', '!./**', '!../../api/generated.ts'], { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
const used = new Set<string>();
for (const text of Object.values(sources)) for (const [, key] of text.matchAll(/(?<![\w.])t\('((?:[^'\\]|\\.)*)'/g)) used.add(key!.replaceAll("\\'", "'"));
const parameters = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the catalogue of words', () => {
  it('has every text of the pages in German', () => {
    expect(used.size).toBeGreaterThan(400);
    expect([...used].filter((key) => !(key in german))).toEqual([]);
  });
  it('has nothing that no page says', () => {
    expect(Object.keys(german).filter((key) => !used.has(key) && !(key in spoken))).toEqual([]);
  });
  it('takes the same parameters in both languages', () => {
    for (const [english, text] of Object.entries(german)) expect(parameters(text), english).toEqual(parameters(english));
  });
});
