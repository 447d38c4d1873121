// What changed most against the period before: by campaign, batch, number shown, hangup, result, intent. Each number leads
// to its calls.
import type { Answer } from '../../api/client.js';
import { hangupText, resultLabel, useCodes } from '../../api/results.js';
import { type Compared, comparedBy, type Filters, type Grouping, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { t, type TextName } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { goWith, route } from '../../state/route.js';
import { count, dateTime, percent, points } from '../../time/format.js';
import { before, iso, type Range, untilNow } from '../../time/range.js';
import { DAY_MS } from '../../time/units.js';
import { Id, Linked, Panel } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { Named } from '../../ui/named.js';
import { Empty, Shown } from '../../ui/states.js';
import { Switch } from '../../ui/switch.js';
import { type Column, Table } from '../../ui/table.js';
import { callsOf } from '../calls/calls-link.js';
import { type Change, rateChanges, shareChanges } from './changes.js';

interface Dimension {
  readonly field: Grouping &
    ('taskId' | 'batchId' | 'realCaller' | 'hangupDirection' | 'smartStatusCode' | 'majorIntent');
  readonly title: TextName;
  /** Of fields that say what became of a call, shares are compared: each of their rates is all or nothing. */
  readonly changesOf: typeof rateChanges;
  /** The longest range that the API has it for. */
  readonly mostDays?: number;
}

const DIMENSIONS: readonly Dimension[] = [
  { field: 'taskId', title: 'field.taskId', changesOf: rateChanges },
  { field: 'batchId', title: 'field.batchId', changesOf: rateChanges },
  { field: 'realCaller', title: 'field.realCaller', changesOf: rateChanges, mostDays: 32 },
  { field: 'hangupDirection', title: 'field.hangupDirection', changesOf: shareChanges },
  { field: 'smartStatusCode', title: 'field.smartStatusCode', changesOf: shareChanges },
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
  readonly compared: Compared;
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
  const key = `${name} ${dimension.field}`;
  const { mostDays = Infinity } = dimension;
  const isTooLong = range.to - range.from > mostDays * DAY_MS;
  const question = (signal: AbortSignal) => ask(dimension, range, filters, signal);
  const asked = useAsk(key, tick === undefined || isTooLong ? undefined : question, tick);
  return (
    <Panel title={t('changed.title')} note={<By chosen={dimension} />}>
      {isTooLong ? (
        <Empty title={t('changed.tooLong', { n: mostDays })} />
      ) : (
        <Shown asked={asked} lines={5}>
          {(found) => <Found {...found} />}
        </Shown>
      )}
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
  const { data, problem } = await comparedBy(dimension.field, range, past, signal, filters);
  return problem === undefined ? { data: { dimension, range, past, filters, compared: data } } : { problem };
}

function Found(found: Found) {
  const { calls, previous } = found.compared.total;
  if (calls === 0 || previous.calls === 0) return <Empty title={t('changed.none')} />;
  return <Changes {...found} />;
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
  const { dimension, range, past, filters, compared } = found;
  const { field, changesOf } = dimension;
  const changes = changesOf(compared);
  const isRate = changesOf === rateChanges;
  const most = Math.max(...changes.map(({ effect }) => Math.abs(effect)), 0.001);
  const group = ({ row }: Change) => ({ [field]: row[field] ?? null });
  const columns: Column<Change>[] = [
    {
      title: t(dimension.title),
      cell: ({ row }) => <Value of={found} row={row} />,
      value: ({ row }) => row[field] ?? null,
    },
    {
      title: t('sum.calls'),
      kind: 'number',
      cell: (change) => (
        <Linked href={callsOf(range, filters, group(change))}>{count(change.row.calls)}</Linked>
      ),
      value: ({ row }) => row.calls,
    },
    {
      title: t('changed.callsBefore'),
      kind: 'number',
      cell: (change) => (
        <Linked href={callsOf(past, filters, group(change))}>{count(change.row.previous.calls)}</Linked>
      ),
      value: ({ row }) => row.previous.calls,
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
        keyOf={({ row }) => row[field] ?? ''}
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

function Value({ of: { dimension, range }, row }: { of: Found; row: StatsRow }) {
  const codes = useCodes();
  const { field } = dimension;
  const value = row[field] ?? null;
  if (field === 'smartStatusCode') return <>{resultLabel(codes, value, t('result.none'))}</>;
  if (field === 'majorIntent') return <Given text={value ?? t('intent.none')} />;
  if (field === 'hangupDirection') return <Given text={hangupText(value)} />;
  if (field === 'realCaller') return <Id id={value} isWhole />;
  const ends = { from: iso(range.from), to: iso(range.to) };
  if (field === 'taskId')
    return <Named name={row.taskName ?? null} id={value} path={['tasks', value ?? '']} query={ends} />;
  return (
    <Named
      name={row.batchName ?? null}
      id={value}
      path={['calls']}
      query={{ batchId: value ?? undefined, ...ends }}
    />
  );
}
