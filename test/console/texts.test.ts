// The texts of the console in both of its languages.
import { describe, expect, it } from 'vitest';
import { EN } from '../../console/i18n/en.js';
import { ZH } from '../../console/i18n/zh.js';

const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
const placesIn = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, placesOf(text)]));

describe('The texts in Chinese', () => {
  it('have the names, and in each text the places for values, of those in English', () => {
    expect(Object.keys(EN).length).toBeGreaterThan(200);
    expect(placesIn(ZH)).toEqual(placesIn(EN));
  });

  it('are all there', () => {
    expect(Object.entries({ ...EN, ...ZH }).filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});
