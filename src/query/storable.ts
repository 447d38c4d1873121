/**
 * Whether the ledger can contain this text. Texts with NUL are never stored, and PostgreSQL refuses to compare with
 * them.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}
