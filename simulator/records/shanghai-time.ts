/** Asia/Shanghai is eight hours ahead of UTC and has had no daylight saving time since 1991. */
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const dayTexts = new Map<number, string>();

/** Writes a moment in epoch milliseconds as the vendor does: `yyyy-MM-dd HH:mm:ss` in Asia/Shanghai. */
export function shanghaiTime(epochMs: number): string {
  const local = epochMs + OFFSET_MS;
  const day = Math.floor(local / DAY_MS);
  const second = Math.floor((local - day * DAY_MS) / 1000);
  const hours = TWO_DIGITS[Math.floor(second / 3600)] ?? '';
  const minutes = TWO_DIGITS[Math.floor(second / 60) % 60] ?? '';
  return `${dayText(day)} ${hours}:${minutes}:${TWO_DIGITS[second % 60] ?? ''}`;
}

/** Returns the day of a moment in Asia/Shanghai, as `yyyy-MM-dd`. */
export function shanghaiDay(epochMs: number): string {
  return shanghaiTime(epochMs).slice(0, 10);
}

/**
 * Returns the midnight of a day (`yyyy-MM-dd`) in Asia/Shanghai, in epoch milliseconds; NaN if there is no such
 * day.
 */
export function shanghaiMidnight(day: string): number {
  const utc = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  // Date.parse reads 30 February as 1 or 2 March.
  const exists = !Number.isNaN(utc) && new Date(utc).toISOString().startsWith(day);
  return exists ? utc - OFFSET_MS : NaN;
}

/**
 * Keeps the texts of days, because there are few days and many calls. A Date for each moment was a third of the
 * cost of a record.
 */
function dayText(day: number): string {
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  return text;
}
