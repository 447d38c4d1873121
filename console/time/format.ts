// Instants, lengths and numbers in, what a person reads out: in their language and zone.
import { t } from '../i18n/i18n.js';
import { language, timeZone } from '../state/preferences.js';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${language.value} ${timeZone.value} ${JSON.stringify(options)}`;
  let known = formats.get(name);
  if (known === undefined) {
    // Days and hours as they are sorted, in both languages.
    known = new Intl.DateTimeFormat(language.value === 'zh' ? 'zh-CN' : 'en-GB', {
      timeZone: timeZone.value,
      hourCycle: 'h23',
      ...options,
    });
    formats.set(name, known);
  }
  return known;
}

type Instant = string | number | Date;
const dateOf = (instant: Instant) => new Date(instant);

function partsOf(instant: Instant, options: Intl.DateTimeFormatOptions): Record<string, string> {
  return Object.fromEntries(
    format(options)
      .formatToParts(dateOf(instant))
      .map(({ type, value }) => [type, value]),
  );
}

const DIGITS = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

/** 2025-06-01 */
export function date(instant: Instant): string {
  const { year = '', month = '', day = '' } = partsOf(instant, DIGITS);
  return `${year}-${month}-${day}`;
}

/** 09:59 */
export function clock(instant: Instant): string {
  const { hour = '', minute = '' } = partsOf(instant, CLOCK);
  return `${hour}:${minute}`;
}

/** 2025-06-01 09:59:45 */
export function dateTime(instant: Instant): string {
  const { hour = '', minute = '', second = '' } = partsOf(instant, CLOCK);
  return `${date(instant)} ${hour}:${minute}:${second}`;
}

/** Jun 1, or 6月1日 */
export function day(instant: Instant): string {
  return format({ month: 'short', day: 'numeric' }).format(dateOf(instant));
}

/** Hour and weekday (Monday is 0) of an instant in the zone. */
export function weekHour(instant: Instant): { weekday: number; hour: number } {
  const { hour = '0' } = partsOf(instant, CLOCK);
  const [year = 0, month = 1, dayOfMonth = 1] = date(instant).split('-').map(Number);
  return {
    weekday: (new Date(Date.UTC(year, month - 1, dayOfMonth)).getUTCDay() + 6) % 7,
    hour: Number(hour),
  };
}

/** @param weekday Monday is 0 */
export function weekdayName(weekday: number): string {
  const name = new Intl.DateTimeFormat(language.value === 'zh' ? 'zh-CN' : 'en-GB', {
    weekday: 'short',
    timeZone: 'UTC',
  });
  return name.format(new Date(Date.UTC(2024, 0, 1 + weekday)));
}

export function count(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** 12,345 as 12.3K; empty for what no count can be: a scale has such parts. */
export function shortWhole(value: number): string {
  if (!Number.isInteger(value)) return '';
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** @param rate of 1; null: there is none */
export function percent(rate: number | null, digits = 1): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(digits)}%`;
}

/** A difference of rates, as −5.1 pp. @param difference of 1 */
export function points(difference: number): string {
  const n = Math.round(difference * 1000) / 10;
  return t('unit.points', { n: `${n > 0 ? '+' : ''}${(n === 0 ? 0 : n).toFixed(1)}` });
}

/** 95 as 1:35, 3725 as 1:02:05 */
export function length(seconds: number | null): string {
  if (seconds === null) return '–';
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** 4000 as 1.1 h */
export function hours(seconds: number): string {
  if (seconds < 3600) return t('unit.minutes', { n: Math.round(seconds / 60) });
  return t('unit.hours', { n: count(Math.round(seconds / 360) / 10) });
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  const scaled = value / 1000 ** power;
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power] ?? ''}`;
}

/** How long ago: 12 s, 5 min, 3 h, 2 d */
export function ago(instant: Instant, now: number): string {
  const seconds = Math.max(0, (now - dateOf(instant).getTime()) / 1000);
  if (seconds < 90) return t('ago.seconds', { n: Math.round(seconds) });
  if (seconds < 5400) return t('ago.minutes', { n: Math.round(seconds / 60) });
  if (seconds < 129_600) return t('ago.hours', { n: Math.round(seconds / 3600) });
  return t('ago.days', { n: Math.round(seconds / 86_400) });
}
