// What changed most against the period before: by campaign, batch, result, hangup. Each number leads to its calls.
import type { Answer } from '../../api/client.js';
import { hangupText, resultLabel, useCodes } from '../../api/results.js';
import { type Filters, type Grouping, type StatsRow, sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { t, type TextName } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { goWith, route } from '../../state/route.js';
import { count, dateTime, percent, points } from '../../time/format.js';
import { before, iso, type Range, untilNow } from '../../time/range.js';
import { Linked, Panel } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { Named } from '../../ui/named.js';
import { Empty, Shown } from '../../ui/states.js';
import { Switch } from '../../ui/switch.js';
import { type Column, Table } from '../../ui/table.js';
import { callsOf } from '../calls/calls-link.js';
import { type Change, rateChanges, shareChanges } from './changes.js';

interface Dimension {
  readonly field: Grouping & ('taskId' | 'batchId' | 'smartStatusCode' | 'hangupDirection' | 'majorIntent');
  readonly title: TextName;
  /** Of fields that say what became of a call, shares are compared: each of their rates is all or nothing. */
  readonly changesOf: typeof rateChanges;
}

const DIMENSIONS: readonly Dimension[] = [
  { field: 'taskId', title: 'field.taskId', changesOf: rateChanges },
  { field: 'batchId', title: 'field.batchId', changesOf: rateChanges },
  { field: 'smartStatusCode', title: 'field.smartStatusCode', changesOf: shareChanges },
  { field: 'hangupDirection', title: 'field.hangupDirection', changesOf: shareChanges },
  { field: 'majorIntent', title: 'field.majorIntent', changesOf: shareChanges },
];
const [FIRST] = DIMENSIONS;
/** Others have had little to do with it. */
const MOST = 10;

interface Found {
  readonly dimension: Dimension;
  readonly range: Range;
  readonly past: Range;
  readonly filters: Filters;
  readonly changes: readonly Change[];
  /** Of the campaigns or batches, by their ids. */
  readonly names: ReadonlyMap<string | null, string | null>;
}

interface Props {
  readonly name: string;
  /** Undefined: it is not time to ask yet. */
  readonly tick: string | undefined;
  readonly range: Range;
  readonly filters: Filters;
}

export function ChangedMost({ name, tick, range, filters }: Props) {
  const dimension = DIMENSIONS.find(({ field }) => field === route.value.query['by']) ?? FIRST;
  if (dimension === undefined) return null;
  const question = (signal: AbortSignal) => ask(dimension, range, filters, signal);
  const key = `${name} ${dimension.field}`;
  return (
    <Panel title={t('changed.title')} note={<By chosen={dimension} />}>
      <Shown asked={useAsk(key, tick === undefined ? undefined : question, tick)} lines={5}>
        {(found) =>
          found.changes.length === 0 ? <Empty title={t('changed.none')} /> : <Changes {...found} />
        }
      </Shown>
    </Panel>
  );
}

async function ask(
  dimension: Dimension,
  whole: Range,
  filters: Filters,
  signal: AbortSignal,
): Promise<Answer<Found>> {
  const range = untilNow(whole, Date.now());
  const past = before(range, timeZone.value);
  const [now, then] = await Promise.all([
    sumsBy(dimension.field, range, signal, filters),
    sumsBy(dimension.field, past, signal, filters),
  ]);
  if (now.problem !== undefined) return now;
  if (then.problem !== undefined) return then;
  const { field, changesOf } = dimension;
  const changes = changesOf(groupsOf(now.data, field), groupsOf(then.data, field));
  const names = new Map([...then.data, ...now.data].map((row) => [row[field] ?? null, nameIn(row, field)]));
  return { data: { dimension, range, past, filters, changes, names } };
}

function groupsOf(rows: readonly StatsRow[], field: Dimension['field']) {
  return new Map(rows.map((row) => [row[field] ?? null, row]));
}

function nameIn({ taskName = null, batchName = null }: StatsRow, field: Dimension['field']): string | null {
  if (field === 'taskId') return taskName;
  return field === 'batchId' ? batchName : null;
}

function By({ chosen }: { chosen: Dimension }) {
  return (
    <Switch
      label={t('changed.by')}
      values={DIMENSIONS.map((dimension) => ({
        title: t(dimension.title),
        isChosen: dimension === chosen,
        choose: () => {
          goWith({ by: dimension === FIRST ? undefined : dimension.field });
        },
      }))}
    />
  );
}

function Changes(found: Found) {
  const { dimension, range, past, filters, changes } = found;
  const isRate = dimension.changesOf === rateChanges;
  const most = Math.max(...changes.map(({ effect }) => Math.abs(effect)), 0.001);
  const group = (value: string | null) => ({ [dimension.field]: value });
  const columns: Column<Change>[] = [
    {
      title: t(dimension.title),
      cell: ({ value }) => <Value of={found} value={value} />,
      value: ({ value }) => value,
    },
    {
      title: t('sum.calls'),
      kind: 'number',
      cell: ({ value, now }) => (
        <Linked href={callsOf(range, filters, group(value))}>{count(now.calls)}</Linked>
      ),
      value: ({ now }) => now.calls,
    },
    {
      title: t('changed.callsBefore'),
      kind: 'number',
      cell: ({ value, then }) => (
        <Linked href={callsOf(past, filters, group(value))}>{count(then.calls)}</Linked>
      ),
      value: ({ then }) => then.calls,
    },
    {
      title: t(isRate ? 'sum.rate' : 'changed.share'),
      kind: 'number',
      cell: (change) => percent(change.after),
      value: ({ after }) => after,
    },
    {
      title: t('changed.before'),
      kind: 'number',
      cell: (change) => <span class="quiet">{percent(change.before)}</span>,
      value: (change) => change.before,
    },
    {
      title: t('changed.points'),
      kind: 'number',
      cell: ({ after, before: earlier }) =>
        after === null || earlier === null ? '–' : points(after - earlier),
      value: ({ after, before: earlier }) => (after === null || earlier === null ? null : after - earlier),
    },
    ...(isRate ? [effectColumn(most)] : []),
  ];
  return (
    <>
      <Table
        label={t('changed.title')}
        rows={changes.slice(0, MOST)}
        columns={columns}
        keyOf={({ value }) => value ?? ''}
        save={t('changed.title')}
      />
      <p class="quiet small">
        {t('changed.note', {
          from: dateTime(past.from).slice(0, 16),
          to: dateTime(past.to).slice(0, 16),
          n: Math.min(MOST, changes.length),
          of: changes.length,
        })}
      </p>
    </>
  );
}

/** A bar to the left lowers the total, one to the right raises it. */
function effectColumn(most: number): Column<Change> {
  return {
    title: t('changed.effect'),
    kind: 'number',
    cell: ({ effect }) => (
      <span class="effect">
        <span class="effect-track" aria-hidden="true">
          <span
            class={effect < 0 ? 'effect-bar effect-bad' : 'effect-bar effect-good'}
            style={{
              width: `${(Math.abs(effect) / most) * 50}%`,
              [effect < 0 ? 'right' : 'left']: '50%',
            }}
          />
        </span>
        {points(effect)}
      </span>
    ),
    value: ({ effect }) => effect,
  };
}

function Value({ of: { dimension, range, names }, value }: { of: Found; value: string | null }) {
  const codes = useCodes();
  const { field } = dimension;
  if (field === 'smartStatusCode') return <>{resultLabel(codes, value, t('result.none'))}</>;
  if (field === 'majorIntent') return <Given text={value ?? t('intent.none')} />;
  if (field === 'hangupDirection') return <Given text={hangupText(value)} />;
  const ends = { from: iso(range.from), to: iso(range.to) };
  const name = names.get(value) ?? null;
  if (field === 'taskId') return <Named name={name} id={value} path={['tasks', value ?? '']} query={ends} />;
  return <Named name={name} id={value} path={['calls']} query={{ batchId: value ?? undefined, ...ends }} />;
}
