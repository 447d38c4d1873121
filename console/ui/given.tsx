// Shows text that came from outside, such as ids. Invisible characters are shown as escapes. The text beside it keeps its order.
import type { ComponentChildren } from 'preact';
import { piecesOf, visible } from '../text/visible.js';

/** @param hasLines whether the text may have several lines */
export function visibly(text: string, hasLines = false): ComponentChildren[] {
  return piecesOf(text, hasLines).map(({ text: piece, isEscape }) =>
    isEscape ? <span class="escape">{piece}</span> : piece,
  );
}

/** Words and sentences. */
export function Given({ text }: { text: string }) {
  return <bdi>{visibly(text, true)}</bdi>;
}

/** Lists cut ids that are longer, in characters. A UUID and an IPv6 address stay whole. */
const LONG = 48;
/** Characters of the end that stay: most long ids differ there. */
const TAIL = 8;

/**
 * Is cut in the middle in lists (`styles/given.css`) and whole elsewhere. The page holds the whole text, so that it can be copied and
 * searched for.
 */
export function Cut({ text, most = LONG }: { text: string; most?: number }) {
  const characters = [...text];
  if (characters.length <= most) return <>{visibly(text)}</>;
  return (
    <span class="cut" title={visible(text)}>
      <span class="cut-head">{visibly(characters.slice(0, -TAIL).join(''))}</span>
      {visibly(characters.slice(-TAIL).join(''))}
    </span>
  );
}
