import { useLayoutEffect, useState } from 'preact/hooks';
import { useTaskName } from '../../api/names.js';
import { type Codes, resultLabel, useCodes } from '../../api/results.js';
import { t } from '../../i18n/i18n.js';
import { go, type Query } from '../../state/route.js';
import { visible } from '../../text/visible.js';
import { YES_NO, yesNo } from '../../ui/choice.js';
import { Chip } from '../../ui/chip.js';
import { RECORDING_STATES } from '../../ui/recording-mark.js';
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
  const taskName = useTaskName(query['taskId']);
  const set = FILTERS.flatMap((filter) => {
    const text = query[filter.name];
    if (text === undefined) return [];
    const words = wordsOf(filter, text, codes);
    const isNamed = filter.name === 'taskId' && taskName !== undefined;
    return [{ ...filter, value: isNamed ? `${taskName} (${words})` : words }];
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
  if (kind === 'recording') return listIn(text).map(stateText).join(', ');
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

function Field({ filter, value, onInput }: FieldProps) {
  const { name, title, kind } = filter;
  const choices = choicesOf(filter, value, useCodes());
  const take = (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) => {
    onInput(event.currentTarget.value);
  };
  if (choices === undefined) {
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

type Choice = readonly [value: string, label: string];

/** Undefined: any text can be typed. @param value that is chosen */
function choicesOf({ kind }: Filter, value: string, codes: Codes | undefined): Choice[] | undefined {
  if (kind === 'yes-no') return YES_NO.map((answer) => [answer, yesNo(answer)]);
  if (kind === 'recording') return RECORDING_STATES.map((state) => [state, t(`recording.${state}`)]);
  if (kind !== 'result') return undefined;
  const results = codes?.smartStatusCode.filter(({ calls, code }) => calls > 0 || code === value) ?? [];
  return results.map(({ code }) => [code, `${resultLabel(codes, code, code)} (${code})`]);
}

function stateText(text: string): string {
  const state = RECORDING_STATES.find((known) => known === text);
  return state === undefined ? text : t(`recording.${state}`);
}
