// JSON as text in, the same text with its parts told apart out. It is never made anew: numbers keep all their digits.
import type { ComponentChildren } from 'preact';

const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;

/** Of a longer text the rest stands as it is: an element for each of its words takes seconds. */
const MOST_COLOURED = 50_000;

/** @param mark start and end of a part that is to be seen at once */
export function JsonText({ text, mark }: { text: string; mark?: readonly [number, number] | undefined }) {
  if (mark === undefined)
    return (
      <pre class="json" tabIndex={0}>
        {coloured(text)}
      </pre>
    );
  const [start, end] = mark;
  return (
    <pre class="json" tabIndex={0}>
      {coloured(text.slice(0, start))}
      <mark ref={scrollTo}>{coloured(text.slice(start, end))}</mark>
      {coloured(text.slice(end))}
    </pre>
  );
}

/** Within its own frame: the page stays where it is. */
function scrollTo(element: HTMLElement | null): void {
  const frame = element?.parentElement;
  if (element !== null && frame != null) frame.scrollTop = element.offsetTop - frame.clientHeight / 3;
}

function coloured(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const found of text.slice(0, MOST_COLOURED).matchAll(TOKEN)) {
    parts.push(...breakable(text.slice(end, found.index)));
    const [token, string, colon, number] = found;
    if (string !== undefined) {
      parts.push(<span class={colon === undefined ? 'json-text' : 'json-name'}>{string}</span>, colon ?? '');
    } else parts.push(<span class={number === undefined ? 'json-word' : 'json-number'}>{token}</span>);
    end = found.index + token.length;
  }
  return [...parts, ...breakable(text.slice(end))];
}

/** Lines end behind commas rather than within a string. */
function breakable(between: string): ComponentChildren[] {
  const [first = '', ...rest] = between.split(',');
  return [first, ...rest.flatMap((part) => [',', <wbr />, part])];
}
