/** Asia/Shanghai is eight hours ahead of UTC and has had no daylight saving time since 1991. */
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const dayTexts = new Map<number, string>();

/** `yyyy-MM-dd HH:mm:ss` in Asia/Shanghai, as the vendor writes times, of a moment in epoch milliseconds. */
export function shanghaiTime(epochMs: number): string {
  const local = epochMs + OFFSET_MS;
  const day = Math.floor(local / DAY_MS);
  const second = Math.floor((local - day * DAY_MS) / 1000);
  const hours = TWO_DIGITS[Math.floor(second / 3600)] ?? '';
  const minutes = TWO_DIGITS[Math.floor(second / 60) % 60] ?? '';
  return `${dayText(day)} ${hours}:${minutes}:${TWO_DIGITS[second % 60] ?? ''}`;
}

/** Epoch milliseconds of a day's (`yyyy-MM-dd`) midnight in Asia/Shanghai; NaN when there is no such day. */
export function shanghaiMidnight(day: string): number {
  const utc = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  // Date.parse takes 30 February for 1 March.
  const exists = !Number.isNaN(utc) && new Date(utc).toISOString().startsWith(day);
  return exists ? utc - OFFSET_MS : NaN;
}

/** Days are few and calls many: a Date for each moment was a third of the cost of a record. */
function dayText(day: number): string {
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  return text;
}
