// The campaigns that have calls in a range, beside what they had in the period before.
import type { Answer } from '../../api/client.js';
import { comparedBy, type ComparedRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { RateBar } from '../../charts/rate-bar.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import type { Query } from '../../state/route.js';
import { rangeIn } from '../../state/travel.js';
import { count, hours, length, points } from '../../time/format.js';
import { before, type Range, untilNow } from '../../time/range.js';
import { Linked } from '../../ui/bits.js';
import { Named } from '../../ui/named.js';
import { Empty, Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { callsOf } from '../calls/calls-link.js';
import { delayText } from '../overview/calls-over-time.js';

interface Found {
  readonly range: Range;
  readonly tasks: readonly ComparedRow[];
}

async function ask(whole: Range, signal: AbortSignal): Promise<Answer<Found>> {
  const range = untilNow(whole, Date.now());
  const { data, problem } = await comparedBy('taskId', range, before(range, timeZone.value), signal);
  if (problem !== undefined) return { problem };
  const tasks = data.rows.filter(({ calls }) => calls > 0);
  return { data: { range, tasks: tasks.sort((a, b) => b.calls - a.calls) } };
}

export function TasksInRange({ query, range }: { query: Query; range: Range }) {
  const key = `range ${JSON.stringify([rangeIn(query), timeZone.value])}`;
  const asked = useAsk(key, (signal) => ask(range, signal));
  return (
    <Shown asked={asked} lines={10}>
      {(found) =>
        named(found.tasks, query).length === 0 ? (
          <Empty title={t(query['name'] === undefined ? 'overview.none' : 'tasks.noneNamed')} />
        ) : (
          <Table
            label={t('nav.tasks')}
            rows={named(found.tasks, query)}
            columns={columnsOf(found.range, rangeIn(query))}
            keyOf={({ taskId }) => taskId ?? ''}
            save={t('nav.tasks')}
          />
        )
      }
    </Shown>
  );
}

/** Those whose name has the text of the address in it. */
function named(tasks: readonly ComparedRow[], { name }: Query): readonly ComparedRow[] {
  if (name === undefined) return tasks;
  const sought = name.toLowerCase();
  return tasks.filter(({ taskName }) => taskName?.toLowerCase().includes(sought));
}

function columnsOf(range: Range, query: Query): Column<ComparedRow>[] {
  const calls = (taskId: string | null, which: Query = {}) => callsOf(range, which, { taskId });
  return [
    {
      title: t('field.taskId'),
      cell: ({ taskId = null, taskName }) => (
        <Named name={taskName} id={taskId} path={['tasks', taskId ?? '']} query={query} />
      ),
      value: ({ taskId = null }) => taskId,
    },
    {
      title: t('sum.rate'),
      cell: ({ answerRate }) => <RateBar rate={answerRate} />,
      value: ({ answerRate }) => answerRate,
    },
    {
      title: t('changed.points'),
      kind: 'number',
      cell: ({ change: { answerRatePoints } }) =>
        answerRatePoints === null ? '–' : points(answerRatePoints / 100),
      value: ({ change }) => change.answerRatePoints,
    },
    {
      title: t('sum.calls'),
      kind: 'number',
      cell: (row) => <Linked href={calls(row.taskId ?? null)}>{count(row.calls)}</Linked>,
      value: (row) => row.calls,
    },
    {
      title: t('sum.answered'),
      kind: 'number',
      cell: ({ taskId = null, answered }) => (
        <Linked href={calls(taskId, { answered: 'true' })}>{count(answered)}</Linked>
      ),
      value: ({ answered }) => answered,
    },
    {
      title: t('sum.talked'),
      kind: 'number',
      cell: ({ totalDuration }) => hours(totalDuration),
      value: ({ totalDuration }) => totalDuration,
    },
    {
      title: t('sum.average'),
      kind: 'number',
      cell: ({ averageDuration }) => length(averageDuration),
      value: ({ averageDuration }) => averageDuration,
    },
    {
      title: t('sum.delay'),
      kind: 'number',
      cell: ({ averageAnswerDelay }) => delayText(averageAnswerDelay),
      value: ({ averageAnswerDelay }) => averageAnswerDelay,
    },
  ];
}
