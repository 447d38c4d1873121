import { t } from '../i18n/i18n.js';
import { goWith, route } from '../state/route.js';
import { visible } from '../text/visible.js';

export const YES_NO = ['true', 'false'] as const;

/** @param value as it stands in the address; what is neither is shown so */
export function yesNo(value: string): string {
  if (value === 'true') return t('filters.yes');
  return value === 'false' ? t('filters.no') : value;
}

interface ChoiceProps<T extends string> {
  /** Its name in the address. */
  readonly name: string;
  readonly title: string;
  readonly values: readonly T[];
  readonly labelOf: (value: T) => string;
  /** What stands for no choice. */
  readonly any?: string;
}

/** One of some values, or any: a filter of the address. */
export function Choice<T extends string>({ name, title, values, labelOf, any }: ChoiceProps<T>) {
  const chosen = route.value.query[name] ?? '';
  const isKnown = chosen === '' || values.some((value) => value === chosen);
  return (
    <label class="field field-inline">
      <span>{title}</span>
      <select
        value={chosen}
        onChange={(event) => {
          goWith({ [name]: event.currentTarget.value, cursor: undefined });
        }}
      >
        <option value="">{any ?? t('filters.any')}</option>
        {!isKnown && <option value={chosen}>{visible(chosen)}</option>}
        {values.map((value) => (
          <option key={value} value={value}>
            {labelOf(value)}
          </option>
        ))}
      </select>
    </label>
  );
}
