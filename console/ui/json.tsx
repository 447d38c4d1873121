// Shows JSON with its parts told apart. The text is not made anew: numbers keep all their digits.
import type { ComponentChildren } from 'preact';
import { t } from '../i18n/i18n.js';
import { indented } from '../text/indented.js';
import { type Token, tokensIn } from '../text/json-tokens.js';
import { Copy } from './copy.js';
import { visibly } from './given.js';

/** Characters with colours. An element for each word of a longer text takes seconds. */
const MOST_COLOURED = 50_000;

type Place = readonly [start: number, end: number];

interface JsonTextProps {
  readonly text: string;
  /** A part that is marked and scrolled to. */
  readonly mark?: Place | undefined;
  /** The part that is shown; all of it, when not given. */
  readonly shown?: Place | undefined;
}

export function JsonText({ text, mark, shown: [first, last] = [0, text.length] }: JsonTextProps) {
  const tokens = tokensIn(text, first, Math.min(last, first + MOST_COLOURED));
  const coloured = (from: number, to: number) => colouredPart(text, tokens, from, to);
  if (mark === undefined)
    return (
      <pre class="json" tabIndex={0}>
        {coloured(first, last)}
      </pre>
    );
  const [start, end] = mark;
  return (
    <pre class="json" tabIndex={0}>
      {coloured(first, start)}
      <mark ref={scrollTo}>{coloured(start, end)}</mark>
      {coloured(end, last)}
    </pre>
  );
}

/** Within its own frame: the page stays where it is. */
function scrollTo(element: HTMLElement | null): void {
  const frame = element?.parentElement;
  if (element !== null && frame != null) frame.scrollTop = element.offsetTop - frame.clientHeight / 3;
}

/** @param tokens in order; those outside of the part are left out, and those that reach over its ends are cut */
function colouredPart(text: string, tokens: readonly Token[], from: number, to: number): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let place = from;
  for (const { kind, start, end } of tokens) {
    const [first, last] = [Math.max(start, from), Math.min(end, to)];
    if (first >= last) continue;
    parts.push(
      ...breakable(text.slice(place, first)),
      <span class={`json-${kind}`}>{visibly(text.slice(first, last), true)}</span>,
    );
    place = last;
  }
  const rest = text.slice(place, to);
  return [...parts, ...(rest.length > MOST_COLOURED ? visibly(rest, true) : breakable(rest))];
}

/** Lines end behind commas rather than within a string. */
function breakable(between: string): ComponentChildren[] {
  const [first = '', ...rest] = between.split(',');
  return [...visibly(first, true), ...rest.flatMap((part) => [',', <wbr />, ...visibly(part, true)])];
}

/** JSON of one thing: indented, with a button that copies it so. @param what it is, for those who do not see it */
export function Json({ text, what }: { text: string; what: string }) {
  const shown = indented(text);
  return (
    <div class="json-copy">
      <Copy text={shown} label={t('call.copyValue', { name: what })} />
      <JsonText text={shown} />
    </div>
  );
}
