/** Whether the ledger can hold such a text at all: it holds no NUL, and PostgreSQL refuses to compare with one. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}
