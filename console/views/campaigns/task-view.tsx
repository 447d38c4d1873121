// One campaign: what its calls add up to, over time, by batch, by result, by the hour of the week.
import { type Answer, answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { type StatsRow, sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { type Query, route, to } from '../../state/route.js';
import { rangeIn } from '../../state/travel.js';
import { clock, count, date, hours, length, percent } from '../../time/format.js';
import { aligned, type Range } from '../../time/range.js';
import { HOUR_MS } from '../../time/units.js';
import { Head } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Given } from '../../ui/given.js';
import { RangePicker } from '../../ui/range-picker.js';
import { Empty, Shown } from '../../ui/states.js';
import { callsOf } from '../calls/calls-link.js';
import { delayText } from '../overview/calls-over-time.js';
import { RangeNote } from '../overview/range-note.js';
import { Tile } from '../overview/tile.js';
import { Batches } from './batches.js';
import { chosenRange } from './chosen-range.js';
import { Intents } from './intents.js';
import { Naming } from './label.js';
import { Results } from './results.js';
import { TaskOverTime } from './task-over-time.js';
import { Title } from './title.js';
import { WeekHours } from './week-hours.js';

type Task = Schemas['Task'];

interface Found {
  readonly task: Task;
  /** Undefined: all of time. */
  readonly range: Range | undefined;
  /** Of the range; undefined: the campaign has no calls in it. */
  readonly sum: Task | StatsRow | undefined;
}

async function ask(taskId: string, range: Range | undefined, signal: AbortSignal): Promise<Answer<Found>> {
  const params = { path: { taskId } };
  const [task, rows] = await Promise.all([
    answerOf(api.GET('/v1/tasks/{taskId}', { params, signal })),
    sumsBy(undefined, range, signal, { taskId }),
  ]);
  if (task.problem !== undefined) return task;
  if (rows.problem !== undefined) return rows;
  const sum = rows.data[0] ?? (range === undefined ? task.data : undefined);
  return { data: { task: task.data, range, sum } };
}

export function TaskView({ taskId }: { taskId: string }) {
  const { query } = route.value;
  const chosen = chosenRange(query);
  const name = JSON.stringify([rangeIn(query), timeZone.value]);
  const asked = useAsk(`${taskId} ${name}`, (signal) => ask(taskId, chosen?.range, signal));
  const parent = { title: t('nav.tasks'), path: ['tasks'], query: rangeIn(query) };
  return (
    <>
      <Head title={<Title taskId={taskId} name={asked.data?.task.taskName} />} parent={parent}>
        <Copy text={taskId} label={t('tasks.copyId')} />
        <Naming taskId={taskId} onDone={asked.again} />
        {may('calls:read') && (
          <a class="button" href={to(['calls'], { taskId, ...rangeIn(query) })}>
            {t('tasks.calls')}
          </a>
        )}
        <RangePicker query={query} />
      </Head>
      {chosen?.fault !== undefined ? (
        <RangeNote {...chosen} />
      ) : (
        <Shown asked={asked} lines={10}>
          {(found) => <TaskParts {...found} name={name} query={query} />}
        </Shown>
      )}
    </>
  );
}

function TaskParts({ task, range, sum, name, query }: Found & { name: string; query: Query }) {
  const { taskId, firstCallAt, lastCallAt } = task;
  if (sum === undefined) return <Empty title={t('overview.none')} />;
  return (
    <>
      {task.note !== null && (
        <p class="quiet">
          <Given text={task.note} />
        </p>
      )}
      <TaskTiles task={task} range={range} sum={sum} />
      {firstCallAt !== null && lastCallAt !== null && (
        <TaskOverTime taskId={taskId} name={name} range={range ?? wholeOf(firstCallAt, lastCallAt)} />
      )}
      <Intents taskId={taskId} name={name} range={range} />
      <Batches taskId={taskId} name={name} range={range} query={rangeIn(query)} />
      {lastCallAt !== null && <WeekHours taskId={taskId} name={name} range={range} lastCallAt={lastCallAt} />}
      <Results taskId={taskId} name={name} range={range} />
    </>
  );
}

/** From the first call to the last. Never by minutes: those are read from the calls, of all campaigns. */
function wholeOf(firstCallAt: string, lastCallAt: string): Range {
  const from = Math.min(Date.parse(firstCallAt), Date.parse(lastCallAt) - 4 * HOUR_MS);
  return aligned(from, Date.parse(lastCallAt) + 1, timeZone.value);
}

function TaskTiles({
  task,
  range = {},
  sum,
}: {
  task: Task;
  range: Partial<Range> | undefined;
  sum: Task | StatsRow;
}) {
  const { taskId, firstCallAt, lastCallAt } = task;
  const calls = callsOf(range, {}, { taskId });
  const answered = callsOf(range, { answered: 'true' }, { taskId });
  return (
    <div class="tiles">
      <Tile title={t('sum.calls')} value={count(sum.calls)} href={calls} />
      <Tile title={t('sum.answered')} value={count(sum.answered)} href={answered} />
      <Tile title={t('sum.rate')} value={percent(sum.answerRate)} />
      <Tile title={t('sum.talked')} value={hours(sum.totalDuration)} href={answered} />
      <Tile title={t('sum.average')} value={length(sum.averageDuration)} href={answered} />
      {'averageAnswerDelay' in sum && (
        <Tile title={t('sum.delay')} value={delayText(sum.averageAnswerDelay)} href={answered} />
      )}
      {lastCallAt !== null && (
        <Tile
          title={t('tasks.last')}
          value={<span class="tile-time">{date(lastCallAt)}</span>}
          note={[clock(lastCallAt), firstCallAt !== null && t('tasks.since', { at: date(firstCallAt) })]
            .filter(Boolean)
            .join(' · ')}
        />
      )}
    </div>
  );
}
