// The name of a text in, the text in the person's language out.
import { language } from '../state/preferences.js';
import { CODES_ZH } from './codes-zh.js';
import { EN } from './en.js';
import { ZH } from './zh.js';

export type TextName = keyof typeof EN;

/** @param values for the places in braces */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = (language.value === 'zh' ? ZH : EN)[name];
  return text.replaceAll(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place));
}

/** What a code means; @param label in English, as the API gives it */
export function codeLabel(code: string, label: string | null | undefined): string | undefined {
  return (language.value === 'zh' ? CODES_ZH[code] : undefined) ?? label ?? undefined;
}
