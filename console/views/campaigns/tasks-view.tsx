// The campaigns side by side: how much each calls, how many answer, when.
import { answerOf, api, type Answer, type Schemas } from '../../api/client.js';
import { rowsOf, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { RateBar } from '../../charts/rate-bar.js';
import { Sparkline } from '../../charts/sparkline.js';
import { t } from '../../i18n/i18n.js';
import { goWith, route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { count, hours, length } from '../../time/format.js';
import { daysLater, startOfDay } from '../../time/local.js';
import { iso } from '../../time/range.js';
import { Head, Id, Time } from '../../ui/bits.js';
import { Pager } from '../../ui/pager.js';
import { Empty, Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';

type Task = Schemas['Task'];

const A_PAGE = 25;
/** What a sparkline shows: up to the newest call of the page. */
const DAYS = 28;

interface Found {
  readonly tasks: Schemas['TaskPage'];
  /** Days of the sparklines; epoch milliseconds. */
  readonly days: readonly number[];
  readonly rows: readonly StatsRow[];
}

async function ask(
  order: 'asc' | 'desc',
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Answer<Found>> {
  const query = { limit: A_PAGE, order, ...(cursor !== undefined && { cursor }) };
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

export function TasksView() {
  const { cursor, order } = route.value.query;
  const direction = order === 'asc' ? 'asc' : 'desc';
  const asked = useAsk(`${cursor ?? ''} ${direction} ${timeZone.value}`, (signal) =>
    ask(direction, cursor, signal),
  );
  return (
    <>
      <Head title={t('nav.tasks')}>
        <label class="field field-inline">
          <span>{t('tasks.order')}</span>
          <select
            value={direction}
            onChange={(event) => {
              goWith({ order: event.currentTarget.value, cursor: undefined });
            }}
          >
            <option value="desc">{t('tasks.newest')}</option>
            <option value="asc">{t('tasks.oldest')}</option>
          </select>
        </label>
      </Head>
      <Shown asked={asked} lines={10}>
        {(found) =>
          found.tasks.data.length === 0 ? (
            <Empty title={t('tasks.none')}>{t('tasks.none.more')}</Empty>
          ) : (
            <>
              <TaskTable {...found} />
              <Pager nextCursor={found.tasks.page.nextCursor} shown={found.tasks.data.length} />
            </>
          )
        }
      </Shown>
    </>
  );
}

function TaskTable({ tasks, days, rows }: Found) {
  const columns: Column<Task>[] = [
    { title: t('field.taskId'), cell: ({ taskId }) => <Id id={taskId} path={['tasks', taskId]} /> },
    {
      title: t('tasks.days', { n: DAYS }),
      cell: ({ taskId }) => <TaskDays taskId={taskId} days={days} rows={rows} />,
    },
    { title: t('sum.calls'), kind: 'number', cell: ({ calls }) => count(calls) },
    { title: t('sum.rate'), cell: ({ answerRate }) => <RateBar rate={answerRate} /> },
    { title: t('sum.talked'), kind: 'number', cell: ({ totalDuration }) => hours(totalDuration) },
    { title: t('sum.average'), kind: 'number wide', cell: ({ averageDuration }) => length(averageDuration) },
    { title: t('tasks.last'), kind: 'wide', cell: ({ lastCallAt }) => <Time at={lastCallAt} /> },
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
