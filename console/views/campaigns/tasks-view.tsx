// The campaigns side by side: how much each calls, how many answer, when.
import { answerOf, api, type Answer, type Schemas } from '../../api/client.js';
import { rowsOf, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { RateBar } from '../../charts/rate-bar.js';
import { Sparkline } from '../../charts/sparkline.js';
import { t } from '../../i18n/i18n.js';
import { goWith, type Query, route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { asItStands } from '../../time/between.js';
import { count, hours, length } from '../../time/format.js';
import { daysLater, startOfDay } from '../../time/local.js';
import { iso } from '../../time/range.js';
import { Head, Linked, Time } from '../../ui/bits.js';
import { Choice } from '../../ui/choice.js';
import { Named } from '../../ui/named.js';
import { Pager } from '../../ui/pager.js';
import { RangePicker } from '../../ui/range-picker.js';
import { Empty, Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { callsOf } from '../calls/calls-link.js';
import { RangeNote } from '../overview/range-note.js';
import { chosenRange } from './chosen-range.js';
import { TasksInRange } from './tasks-in-range.js';

type Task = Schemas['Task'];

const A_PAGE = 25;
const NEWEST_FIRST = 'desc' as const;
/** What a sparkline shows: up to the newest call of the page. */
const DAYS = 28;

interface Found {
  readonly tasks: Schemas['TaskPage'];
  /** Days of the sparklines; epoch milliseconds. */
  readonly days: readonly number[];
  readonly rows: readonly StatsRow[];
}

/** @param wanted by the address */
async function ask(wanted: Query, signal: AbortSignal): Promise<Answer<Found>> {
  const query = { order: NEWEST_FIRST, ...asItStands(wanted), limit: A_PAGE };
  const { data: tasks, problem } = await answerOf(api.GET('/v1/tasks', { params: { query }, signal }));
  if (problem !== undefined) return { problem };
  const newest = Math.max(
    ...tasks.data.map(({ lastCallAt }) => Date.parse(lastCallAt ?? '')).filter(Number.isFinite),
  );
  if (!Number.isFinite(newest)) return { data: { tasks, days: [], rows: [] } };
  const today = startOfDay(newest, timeZone.value);
  const days = Array.from({ length: DAYS }, (_, index) => daysLater(today, index + 1 - DAYS, timeZone.value));
  const sums = {
    from: iso(days[0] ?? today),
    to: iso(daysLater(today, 1, timeZone.value)),
    timeZone: timeZone.value,
    interval: 'day' as const,
    groupBy: ['taskId' as const],
    taskId: tasks.data.map(({ taskId }) => taskId),
  };
  const rows = await rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query: sums }, signal })));
  if (rows.problem !== undefined) return rows;
  return { data: { tasks, days, rows: rows.data } };
}

/** All campaigns, or those that have calls in the range of the address. */
export function TasksView() {
  const { query } = route.value;
  const chosen = chosenRange(query);
  return (
    <>
      <Head title={t('nav.tasks')}>
        {chosen === undefined && (
          <Choice
            name="order"
            title={t('tasks.order')}
            any={t('tasks.newest')}
            values={['asc']}
            labelOf={() => t('tasks.oldest')}
          />
        )}
        <NameSearch name={query['name'] ?? ''} />
        <RangePicker query={query} />
      </Head>
      {chosen === undefined && <AllTasks query={query} />}
      {chosen?.fault !== undefined && <RangeNote {...chosen} />}
      {chosen?.range !== undefined && <TasksInRange query={query} range={chosen.range} />}
    </>
  );
}

function AllTasks({ query }: { query: Query }) {
  const asked = useAsk(JSON.stringify([query, timeZone.value]), (signal) => ask(query, signal));
  return (
    <>
      <Shown asked={asked} lines={10}>
        {(found) =>
          found.tasks.data.length === 0 ? (
            <NoTasks isFiltered={query['name'] !== undefined} />
          ) : (
            <TaskTable {...found} />
          )
        }
      </Shown>
      <Pager of={asked.data?.tasks} />
    </>
  );
}

function NoTasks({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title={t('tasks.noneNamed')}>{t('tasks.noneNamed.more')}</Empty>;
  return <Empty title={t('tasks.none')}>{t('tasks.none.more')}</Empty>;
}

/** Part of the name that somebody gave the campaign: a filter of the address. */
function NameSearch({ name }: { name: string }) {
  return (
    <label class="field field-inline">
      <span>{t('label.name')}</span>
      <input
        key={name}
        type="search"
        maxLength={100}
        autocomplete="off"
        value={name}
        onChange={(event) => {
          goWith({ name: event.currentTarget.value.trim(), cursor: undefined });
        }}
      />
    </label>
  );
}

function TaskTable({ tasks, days, rows }: Found) {
  const columns: Column<Task>[] = [
    {
      title: t('field.taskId'),
      cell: ({ taskId, taskName }) => <Named name={taskName} id={taskId} path={['tasks', taskId]} />,
    },
    {
      title: t('tasks.days', { n: DAYS }),
      cell: ({ taskId }) => <TaskDays taskId={taskId} days={days} rows={rows} />,
    },
    {
      title: t('sum.calls'),
      kind: 'number',
      cell: ({ taskId, calls }) => <Linked href={callsOf({}, {}, { taskId })}>{count(calls)}</Linked>,
    },
    { title: t('sum.rate'), cell: ({ answerRate }) => <RateBar rate={answerRate} /> },
    { title: t('sum.talked'), kind: 'number', cell: ({ totalDuration }) => hours(totalDuration) },
    { title: t('sum.average'), kind: 'number', cell: ({ averageDuration }) => length(averageDuration) },
    { title: t('tasks.last'), cell: ({ lastCallAt }) => <Time at={lastCallAt} /> },
  ];
  return <Table label={t('nav.tasks')} rows={tasks.data} columns={columns} keyOf={({ taskId }) => taskId} />;
}

interface TaskDaysProps {
  readonly taskId: string;
  readonly days: readonly number[];
  readonly rows: readonly StatsRow[];
}

function TaskDays({ taskId, days, rows }: TaskDaysProps) {
  const own = rows.filter((row) => row.taskId === taskId);
  const of = (day: number) => own.find(({ start }) => Date.parse(start ?? '') === day);
  const values = days.map((day) => of(day)?.calls ?? 0);
  return (
    <Sparkline
      label={t('tasks.days.label', { n: count(values.reduce((sum, value) => sum + value, 0)), days: DAYS })}
      values={values}
      parts={days.map((day) => of(day)?.answered ?? 0)}
    />
  );
}
