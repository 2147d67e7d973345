// The pure part of a table: sorting, filtering, CSV.

export interface Column<T> {
  id: string;
  title: string;
  /** What sorting, filtering and CSV use. */
  value: (row: T) => string | number | null | undefined;
  /** What is shown, when it differs. */
  text?: (row: T) => string;
  numeric?: boolean;
  /** Not shown until chosen. */
  extra?: boolean;
}
export interface Sort {
  column: string;
  down: boolean;
}

export function filterRows<T>(rows: T[], columns: Column<T>[], text: string): T[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const all = columns.map((column) => `${column.value(row) ?? ''} ${column.text?.(row) ?? ''}`).join(' ').toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}
/** Empty values go last in either direction; equal rows keep their order. */
export function sortRows<T>(rows: T[], columns: Column<T>[], sort: Sort | null): T[] {
  const column = sort && columns.find((one) => one.id === sort.column);
  if (!column) return rows;
  const empty = (value: unknown) => value === null || value === undefined || value === '';
  return [...rows].sort((left, right) => {
    const a = column.value(left);
    const b = column.value(right);
    if (empty(a) || empty(b)) return Number(empty(a)) - Number(empty(b));
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return sort.down ? -order : order;
  });
}
export function csv<T>(rows: T[], columns: Column<T>[]): string {
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : String(value);
    // A text that a spreadsheet would run as a formula is made a text.
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns.map((column) => cell(column.title)), ...rows.map((row) => columns.map((column) => cell(column.value(row))))];
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n';
}
export function saveText(name: string, text: string, type = 'text/csv'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
