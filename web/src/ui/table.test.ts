import { describe, expect, it } from 'vitest';
import { csv, filterRows, sortRows, type Column } from './table';

interface Row { name: string; size: number | null }
const columns: Column<Row>[] = [
  { id: 'name', title: 'Name', value: (row) => row.name },
  { id: 'size', title: 'Size, mm', value: (row) => row.size, numeric: true },
];
const rows: Row[] = [{ name: 'press-10', size: null }, { name: 'press-9', size: 20 }, { name: '=cmd', size: 3 }];

describe('table', () => {
  it('sorts numbers within names by their value', () => {
    expect(sortRows(rows, columns, { column: 'name', down: false }).map((row) => row.name)).toEqual(['=cmd', 'press-9', 'press-10']);
  });
  it('puts empty values last in either direction', () => {
    for (const down of [false, true]) expect(sortRows(rows, columns, { column: 'size', down }).at(-1)?.name).toBe('press-10');
  });
  it('finds rows that hold all words', () => {
    expect(filterRows(rows, columns, 'press 20')).toEqual([rows[1]]);
    expect(filterRows(rows, columns, '')).toBe(rows);
  });
  it('writes CSV that no spreadsheet runs', () => {
    expect(csv(rows, columns)).toBe('Name,"Size, mm"\r\npress-10,\r\npress-9,20\r\n\'=cmd,3\r\n');
  });
});
