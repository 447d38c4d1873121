import { t } from '../i18n/i18n.js';
import { goWith, route } from '../state/route.js';

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
  return (
    <label class="field field-inline">
      <span>{title}</span>
      <select
        value={route.value.query[name] ?? ''}
        onChange={(event) => {
          goWith({ [name]: event.currentTarget.value, cursor: undefined });
        }}
      >
        <option value="">{any ?? t('filters.any')}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {labelOf(value)}
          </option>
        ))}
      </select>
    </label>
  );
}
