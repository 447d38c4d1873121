// One campaign: what its calls add up to, over time, by batch, by result, by the hour of the week.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { clock, count, date, hours, length, percent } from '../../time/format.js';
import { Head, Id } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Shown } from '../../ui/states.js';
import { Tile } from '../overview/tile.js';
import { Batches } from './batches.js';
import { Results } from './results.js';
import { TaskOverTime } from './task-over-time.js';
import { WeekHours } from './week-hours.js';

type Task = Schemas['Task'];

export function TaskView({ taskId }: { taskId: string }) {
  const path = { taskId };
  const asked = useAsk(taskId, (signal) =>
    answerOf(api.GET('/v1/tasks/{taskId}', { params: { path }, signal })),
  );
  return (
    <>
      <Head title={<Id id={taskId} />} parent={{ title: t('nav.tasks'), path: ['tasks'] }}>
        <Copy text={taskId} label={t('tasks.copyId')} />
        {may('calls:read') && (
          <a class="button" href={to(['calls'], { taskId })}>
            {t('tasks.calls')}
          </a>
        )}
      </Head>
      <Shown asked={asked} lines={10}>
        {(task) => <TaskParts task={task} />}
      </Shown>
    </>
  );
}

function TaskParts({ task }: { task: Task }) {
  const { taskId, firstCallAt, lastCallAt } = task;
  return (
    <>
      <div class="tiles">
        <Tile title={t('sum.calls')} value={count(task.calls)} />
        <Tile title={t('sum.answered')} value={count(task.answered)} />
        <Tile title={t('sum.rate')} value={percent(task.answerRate)} />
        <Tile title={t('sum.talked')} value={hours(task.totalDuration)} />
        <Tile title={t('sum.average')} value={length(task.averageDuration)} />
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
      {firstCallAt !== null && lastCallAt !== null && (
        <TaskOverTime taskId={taskId} firstCallAt={firstCallAt} lastCallAt={lastCallAt} />
      )}
      <Batches taskId={taskId} />
      {lastCallAt !== null && <WeekHours taskId={taskId} lastCallAt={lastCallAt} />}
      <Results taskId={taskId} />
    </>
  );
}
