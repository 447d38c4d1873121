/**
 * The least UUIDv7 of a millisecond: its first 48 bits are the time (RFC 9562). Deliveries' ids compare with it as their
 * times of arrival do.
 */
export function firstIdOf(epochMs: number): string {
  const time = Math.max(0, epochMs).toString(16).padStart(12, '0').slice(0, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
