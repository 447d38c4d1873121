// What stands in a field for a date and time in, the instant that it means in a zone out; and back.

/** @returns `2025-06-01T09:59`; empty when there is none */
export function toLocal(iso: string | undefined, zone: string): string {
  const at = Date.parse(iso ?? '');
  return Number.isNaN(at) ? '' : new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);
}

/** @returns ISO 8601 in UTC; undefined for an empty field. Where the clocks skip it, an instant near to it. */
export function fromLocal(text: string, zone: string): string | undefined {
  const face = Date.parse(`${text}Z`);
  if (Number.isNaN(face)) return undefined;
  const near = face - offsetAt(face, zone);
  return new Date(face - offsetAt(near, zone)).toISOString();
}

/** What the zone's clocks are ahead of UTC by; milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const face = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return face - Math.floor(at / 1000) * 1000;
}
