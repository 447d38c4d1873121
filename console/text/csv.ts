type Value = string | number | null;

/** A byte order mark, by which spreadsheets know UTF-8. */
const BOM = '\uFEFF';

/** As spreadsheets read it: no text is taken for a formula, and long ids keep their digits. */
export function csvOf(lines: readonly (readonly Value[])[]): string {
  return BOM + lines.map((values) => `${values.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : /^\d{12,}$/.test(value) ? `\t${value}` : value;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
