import { t } from '../i18n/i18n.js';
import { goWith } from '../state/route.js';
import { Cut } from './given.js';
import { Icon } from './icons.js';

interface ChipProps {
  /** Its name in the address. */
  readonly name: string;
  readonly title: string;
  readonly value: string;
}

/** A filter of the address that is set, with the way to take it away. */
export function Chip({ name, title, value }: ChipProps) {
  return (
    <span class="chip">
      <span>
        {title}:{' '}
        <strong>
          <Cut text={value} />
        </strong>
      </span>
      <button
        type="button"
        aria-label={t('filters.remove', { name: title })}
        onClick={() => {
          goWith({ [name]: undefined, cursor: undefined });
        }}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}
