// The name of a text in, the text in the person's language out.
import { language } from '../state/preferences.js';
import { CARRIER_CODES_ZH, CODES_ZH } from './codes-zh.js';
import { EN } from './en.js';
import { problemInChinese } from './problems-zh.js';
import { reasonInChinese } from './reasons-zh.js';
import { ZH } from './zh.js';

export type TextName = keyof typeof EN;

/** @param values for the places in braces */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = (language.value === 'zh' ? ZH : EN)[name];
  return text.replaceAll(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place));
}

/** As the API words it, in the person's language. */
export function reasonText(reason: string): string {
  return language.value === 'zh' ? reasonInChinese(reason) : reason;
}

/** What the API refuses or why, in the person's language; in English where it has no other words. */
export function problemText(problem: string): string {
  return (language.value === 'zh' ? problemInChinese(problem) : undefined) ?? problem;
}

/** What a carrier's code means; @param label in English, as the API gives it */
export function carrierText(code: string, label: string | null | undefined): string | undefined {
  return (language.value === 'zh' ? CARRIER_CODES_ZH[code] : undefined) ?? label ?? undefined;
}

/** What a code means; @param label in English, as the API gives it */
export function codeLabel(code: string, label: string | null | undefined): string | undefined {
  return (language.value === 'zh' ? CODES_ZH[code] : undefined) ?? label ?? undefined;
}
