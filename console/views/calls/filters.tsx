import { useLayoutEffect, useState } from 'preact/hooks';
import { type Codes, resultLabel, useCodes } from '../../api/results.js';
import { t } from '../../i18n/i18n.js';
import { go, type Query } from '../../state/route.js';
import { visible } from '../../text/visible.js';
import { YES_NO, yesNo } from '../../ui/choice.js';
import { Chip } from '../../ui/chip.js';
import { type Filter, FILTERS, listIn } from './call-filters.js';

/** The filters that are set, each with the way to take it away; and a form for all that there are. */
export function Filters({ query }: { query: Query }) {
  return (
    <div class="filters">
      <SetFilters query={query} />
      <details class="filter-form">
        <summary class="button button-small">{t('filters.title')}</summary>
        <FilterForm query={query} />
      </details>
    </div>
  );
}

/** The filters that are set, each with the way to take it away. */
export function SetFilters({ query }: { query: Query }) {
  const codes = useCodes();
  const set = FILTERS.flatMap((filter) => {
    const text = query[filter.name];
    return text === undefined ? [] : [{ ...filter, value: wordsOf(filter, text, codes) }];
  });
  return (
    <ul class="chips" aria-label={t('filters.set')}>
      {set.map(({ name, title, value }) => (
        <li key={name}>
          <Chip name={name} title={t(title)} value={value} />
        </li>
      ))}
    </ul>
  );
}

/** What the filter's value in the address means to a person. */
function wordsOf({ kind }: Filter, text: string, codes: Codes | undefined): string {
  if (kind === 'yes-no') return yesNo(text);
  if (kind !== 'result') return text;
  return listIn(text)
    .map((code) => resultLabel(codes, code, code))
    .join(', ');
}

function FilterForm({ query }: { query: Query }) {
  const [values, setValues] = useState(query);
  useLayoutEffect(() => {
    // What is typed is forgotten when the address changes; the form stays, and with it the focus.
    setValues(query);
  }, [JSON.stringify(query)]);
  const submit = (event: Event) => {
    event.preventDefault();
    const trimmed = Object.entries(values).map(([name, value]) => [name, value?.trim()] as const);
    go(['calls'], { ...Object.fromEntries(trimmed), cursor: undefined });
  };
  const clear = () => {
    const { span, from, to } = query;
    go(['calls'], { span, from, to });
  };
  return (
    <form class="panel" onSubmit={submit}>
      <div class="fields">
        {FILTERS.map((filter) => (
          <Field
            key={filter.name}
            filter={filter}
            value={values[filter.name] ?? ''}
            onInput={(value) => {
              setValues({ ...values, [filter.name]: value });
            }}
          />
        ))}
      </div>
      <div class="actions">
        <button type="submit" class="button button-main">
          {t('filters.apply')}
        </button>
        <button type="button" class="button" onClick={clear}>
          {t('filters.clear')}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly filter: Filter;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function Field({ filter: { name, title, kind }, value, onInput }: FieldProps) {
  const codes = useCodes();
  const take = (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) => {
    onInput(event.currentTarget.value);
  };
  if (kind !== 'yes-no' && kind !== 'result') {
    return (
      <label class="field">
        <span>{t(title)}</span>
        {kind !== 'number' ? (
          <input name={name} value={value} autocomplete="off" spellcheck={false} onInput={take} />
        ) : (
          <input name={name} type="number" min={0} value={value} onInput={take} />
        )}
      </label>
    );
  }
  const results = codes?.smartStatusCode.filter(({ calls, code }) => calls > 0 || code === value) ?? [];
  const choices =
    kind === 'yes-no'
      ? YES_NO.map((answer) => [answer, yesNo(answer)] as const)
      : results.map(({ code }) => [code, `${resultLabel(codes, code, code)} (${code})`] as const);
  return (
    <label class="field">
      <span>{t(title)}</span>
      <select name={name} value={value} onChange={take}>
        <option value="">{t('filters.any')}</option>
        {value !== '' && !choices.some(([choice]) => choice === value) && (
          <option value={value}>{visible(value)}</option>
        )}
        {choices.map(([choice, label]) => (
          <option key={choice} value={choice}>
            {visible(label)}
          </option>
        ))}
      </select>
    </label>
  );
}
