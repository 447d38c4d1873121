import { t } from '../../i18n/i18n.js';
import { visible } from '../../text/visible.js';
import type { Chosen } from '../../time/range.js';

/** Why the address means no range. */
export function RangeNote({ fault, text }: Extract<Chosen, { range?: never }>) {
  return (
    <div class="note note-bad" role="alert">
      {t(`range.${fault}`, { text: visible(text) })}
    </div>
  );
}
