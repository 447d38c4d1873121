// The vendor's codes with what they mean, asked for a session until they are had.
import { useEffect, useState } from 'preact/hooks';
import { carrierText, codeLabel, t, type TextName } from '../i18n/i18n.js';
import { answerOf, api, type Schemas } from './client.js';
import { session } from './session.js';

export type Codes = Schemas['StatusCodes'];

let asked: { readonly of: unknown; readonly codes: Promise<Codes | undefined> } | undefined;

function codes(): Promise<Codes | undefined> {
  if (asked === undefined || asked.of !== session.value) {
    asked = { of: session.value, codes: ask() };
  }
  return asked.codes;
}

async function ask(): Promise<Codes | undefined> {
  const { data } = await answerOf(api.GET('/v1/status-codes'));
  // The next part of the page that wants them asks again.
  if (data === undefined) asked = undefined;
  return data;
}

/** Undefined until they are there, and where they can't be had: then codes stand for themselves. */
export function useCodes(): Codes | undefined {
  const [known, setKnown] = useState<Codes>();
  useEffect(() => {
    let isGone = false;
    void codes().then((found) => {
      if (!isGone) setKnown(found);
    });
    return () => {
      isGone = true;
    };
  }, [session.value]);
  return known;
}

/** What a result means, or the code itself. */
export function resultLabel(known: Codes | undefined, code: string | null, none: string): string {
  if (code === null) return none;
  const label = known?.smartStatusCode.find((entry) => entry.code === code)?.label;
  return codeLabel(code, label) ?? code;
}

/** What a carrier's code means. */
export function carrierLabel(known: Codes | undefined, code: string | null): string | undefined {
  if (code === null) return undefined;
  return carrierText(code, known?.statusCode.find((entry) => entry.code === code)?.label);
}

const HANGUPS: Readonly<Record<string, TextName>> = {
  User: 'field.hangup.callee',
  用户: 'field.hangup.callee',
  Machine: 'field.hangup.service',
  机器: 'field.hangup.service',
};

/** Who hung up, with what the vendor calls them; others as they came. */
export function hangupText(direction: string | null): string {
  if (direction === null) return '–';
  const known = HANGUPS[direction];
  return known === undefined ? direction : `${t(known)} (${direction})`;
}
