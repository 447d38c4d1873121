import type { Schemas } from '../../api/client.js';
import { reasonText } from '../../i18n/i18n.js';
import { Id } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';

interface Props {
  readonly title: string;
  readonly warnings: readonly Schemas['CallWarning'][];
}

/** The fields that could not be read. */
export function Warnings({ title, warnings }: Props) {
  return (
    <div class="note note-away">
      <strong>{title}</strong>
      <ul>
        {warnings.map(({ field, reason }) => (
          <li key={field + reason}>
            <Id id={field} /> <Given text={reasonText(reason)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
