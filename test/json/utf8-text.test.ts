// Texts in UTF-8 that are added up, beside strings.
import { expect, it } from 'vitest';
import { FixedText, Utf8Text } from '../../src/json/utf8-text.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

it('Fixed texts of any length are added as they are, also where the room is full', () => {
  const texts = Array.from({ length: 14 }, (_, length) => ALPHABET.slice(0, length));
  const fixed = texts.map((text) => new FixedText(text));
  for (let size = 1; size < 40; size += 1) {
    const out = new Utf8Text(size);
    let expected = '';
    for (const first of fixed.keys())
      for (const [index, text] of texts.entries()) {
        const other = (index + first) % fixed.length;
        out.addFixed(fixed[other] ?? new FixedText('none'));
        out.add('é');
        out.addAscii(text);
        expected += `${texts[other] ?? 'none'}é${text}`;
      }
    expect(out.toString()).toBe(expected);
    expect(out.take().toString()).toBe(expected);
    out.addFixed(new FixedText('anew'));
    expect(out.toString()).toBe('anew');
  }
});
