// What a person prefers, kept in the browser: the language, light or dark, the time zone.
import { effect, type Signal, signal } from '@preact/signals';
import { forGood } from './kept.js';

const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const PREFIX = 'call-ledger.';
const FULL_NAME = /^UTC$|\//;

export const language = kept<Language>(
  'language',
  LANGUAGES,
  navigator.language.startsWith('zh') ? 'zh' : 'en',
);
export const theme = kept<Theme>('theme', THEMES, 'system');
export const timeZone = signal(
  validZone(forGood.get(`${PREFIX}timeZone`)) ??
    validZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ??
    'UTC',
);
/** Grows when the colours change, so that what is drawn by hand is drawn again. */
export const colours = signal(0);

function kept<T extends string>(name: string, values: readonly T[], otherwise: T): Signal<T> {
  const stored = forGood.get(PREFIX + name);
  return signal(values.find((value) => value === stored) ?? otherwise);
}

/** Undefined when the browser knows no such zone, and for short names, which the service does not take either: `CST` is Chicago. */
export function validZone(zone: string | null): string | undefined {
  if (zone === null || !FULL_NAME.test(zone)) return undefined;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    return FULL_NAME.test(known) ? known : zone;
  } catch {
    return undefined;
  }
}

export function followPreferences(): void {
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
    forGood.set(`${PREFIX}language`, language.value);
  });
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    forGood.set(`${PREFIX}theme`, theme.value);
    colours.value = colours.peek() + 1;
  });
  effect(() => {
    forGood.set(`${PREFIX}timeZone`, timeZone.value);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours.value += 1;
  });
}
