// Which time: spans that end now, or any two instants; in any zone. What is chosen stands in the address.
import { useState } from 'preact/hooks';
import { t, type TextName } from '../i18n/i18n.js';
import { goWith, type Query } from '../state/route.js';
import { timeZone, validZone } from '../state/preferences.js';
import { visible } from '../text/visible.js';
import { dateTime } from '../time/format.js';
import { PERIODS } from '../time/periods.js';
import { isNamed, SPANS } from '../time/range.js';
import { fromLocal, instantOf, toLocal } from '../time/local.js';
import { Icon } from './icons.js';
import { usePopover } from './popover.js';

interface RangePickerProps {
  readonly query: Query;
  /** What is meant when the address names none; undefined: all of time. */
  readonly otherwise?: string;
}

const ZONES = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

export function RangePicker({ query, otherwise }: RangePickerProps) {
  const { details, close, closeOnEscape } = usePopover();
  const choose = (changes: Query) => {
    close();
    goWith({ span: undefined, from: undefined, to: undefined, cursor: undefined, ...changes });
  };
  const chosen = chosenSpan(query, otherwise);
  return (
    <details ref={details} class="popover" onKeyDown={closeOnEscape}>
      <summary class="button">
        <Icon name="clock" /> {labelOf(query, chosen)} <span class="quiet picked-zone">{timeZone.value}</span>
      </summary>
      <div class="popover-body range">
        <Spans chosen={chosen} withAll={otherwise === undefined} query={query} onChoose={choose} />
        <div>
          {/* A form of its own for each range and zone: the same text means another instant in another zone. */}
          <Absolute
            key={JSON.stringify([query['from'], query['to'], timeZone.value])}
            query={query}
            onChoose={choose}
          />
          <Zone />
        </div>
      </div>
    </details>
  );
}

/** Undefined: none. */
function chosenSpan({ span, from, to }: Query, otherwise: string | undefined): string | undefined {
  if (from || to) return undefined;
  return isNamed(span) ? span : otherwise;
}

function labelOf(query: Query, chosen: string | undefined): string {
  if (isNamed(chosen)) return t(`span.${chosen}`);
  const { from, to } = query;
  if (!from && !to) return t('span.all');
  return `${from ? endLabel(from) : '…'} – ${to ? endLabel(to) : t('range.now')}`;
}

/** What can't be read is shown as it stands in the address. */
function endLabel(text: string): string {
  const at = instantOf(text, timeZone.value);
  return at === undefined ? visible(text) : dateTime(at).slice(0, 16);
}

interface SpansProps {
  readonly query: Query;
  readonly chosen: string | undefined;
  /** Whether all of time may be chosen. */
  readonly withAll: boolean;
  readonly onChoose: (changes: Query) => void;
}

function Spans({ query, chosen, withAll, onChoose }: SpansProps) {
  return (
    <ul class="spans">
      {withAll && (
        <SpanButton
          span="all"
          isChosen={chosen === undefined && !query['from'] && !query['to']}
          onChoose={() => {
            onChoose({});
          }}
        />
      )}
      {[...PERIODS, ...Object.keys(SPANS)].map((span) => (
        <SpanButton
          key={span}
          span={span}
          isChosen={span === chosen}
          onChoose={() => {
            onChoose({ span });
          }}
        />
      ))}
    </ul>
  );
}

interface SpanButtonProps {
  readonly span: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function SpanButton({ span, isChosen, onChoose }: SpanButtonProps) {
  return (
    <li>
      <button type="button" class="span" aria-pressed={isChosen} onClick={onChoose}>
        {t(`span.${span}` as TextName)}
      </button>
    </li>
  );
}

function Absolute({ query, onChoose }: { query: Query; onChoose: (changes: Query) => void }) {
  const [from, setFrom] = useState(toLocal(query['from'], timeZone.value));
  const [end, setEnd] = useState(toLocal(query['to'], timeZone.value));
  const submit = (event: Event) => {
    event.preventDefault();
    onChoose({ from: fromLocal(from, timeZone.value), to: fromLocal(end, timeZone.value) });
  };
  return (
    <form class="absolute" onSubmit={submit}>
      <LocalTime title={t('range.from')} value={from} onInput={setFrom} />
      <LocalTime title={t('range.to')} value={end} onInput={setEnd} />
      <button type="submit" class="button">
        {t('range.apply')}
      </button>
    </form>
  );
}

interface LocalTimeProps {
  readonly title: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function LocalTime({ title, value, onInput }: LocalTimeProps) {
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="datetime-local"
        value={value}
        max="9999-12-31T23:59"
        onInput={(event) => {
          onInput(event.currentTarget.value);
        }}
      />
    </label>
  );
}

/** Of all that the console shows. */
function Zone() {
  const [text, setText] = useState<string | undefined>();
  const known = text === undefined ? timeZone.value : validZone(text);
  return (
    <label class="field">
      <span>{t('range.zone')}</span>
      <input
        list="time-zones"
        value={text ?? timeZone.value}
        aria-invalid={known === undefined}
        onBlur={() => {
          setText(undefined);
        }}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          setText(typed);
          const zone = validZone(typed);
          if (zone !== undefined) timeZone.value = zone;
        }}
      />
      <datalist id="time-zones">
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </label>
  );
}
