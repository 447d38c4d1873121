/** Writes values as PostgreSQL writes those of a row. test/persistence/record-text.test.ts holds it against PostgreSQL. */
export function recordOf(values: readonly (string | null)[]): string {
  return `(${values.map((value) => (value === null ? '' : written(value))).join(',')})`;
}

function written(value: string): string {
  if (value !== '' && !/["\\(),\s]/.test(value)) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
}
