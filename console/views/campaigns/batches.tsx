import { answerOf, api, type Answer, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { type StatsRow, sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { RateBar } from '../../charts/rate-bar.js';
import { t } from '../../i18n/i18n.js';
import type { Query } from '../../state/route.js';
import { count, hours, length } from '../../time/format.js';
import type { Range } from '../../time/range.js';
import { Linked, Panel, Time } from '../../ui/bits.js';
import { Named } from '../../ui/named.js';
import { Empty, Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { callsOf } from '../calls/calls-link.js';
import { Naming } from './label.js';

type Sums = Pick<StatsRow, 'calls' | 'answered' | 'answerRate' | 'totalDuration' | 'averageDuration'> & {
  readonly batchId: string | null;
  readonly batchName?: string | null;
  readonly lastCallAt?: string | null;
};

interface Found {
  readonly batches: readonly Sums[];
  /** Whether there are older ones. */
  readonly isCut: boolean;
}

/** Of more, only the newest can be looked at together. */
const MOST = 200;

async function ask(taskId: string, range: Range | undefined, signal: AbortSignal): Promise<Answer<Found>> {
  if (range === undefined) return askAll(taskId, signal);
  const { data, problem } = await sumsBy('batchId', range, signal, { taskId });
  if (problem !== undefined) return { problem };
  return { data: { batches: data.map((row) => ({ ...row, batchId: row.batchId ?? null })), isCut: false } };
}

async function askAll(taskId: string, signal: AbortSignal): Promise<Answer<Found>> {
  const params = { path: { taskId }, query: { limit: MOST } };
  const asked: Promise<Answer<Schemas['BatchPage']>> = answerOf(
    api.GET('/v1/tasks/{taskId}/batches', { params, signal }),
  );
  const { data, problem } = await asked;
  if (problem !== undefined) return { problem };
  return { data: { batches: data.data, isCut: data.page.nextCursor !== null } };
}

interface Props {
  readonly taskId: string;
  /** Names the range, however it moves on with time. */
  readonly name: string;
  /** Undefined: all of time. */
  readonly range: Range | undefined;
  /** The range as it stands in the address. */
  readonly query: Query;
}

/** The batches of a campaign side by side, the best answered first. */
export function Batches({ taskId, name, range, query }: Props) {
  const asked = useAsk(`${taskId} ${name}`, (signal) => ask(taskId, range, signal));
  return (
    <Panel title={t('batches.title')} note={t('batches.order')}>
      <Shown asked={asked}>
        {({ batches, isCut }) =>
          batches.length === 0 ? (
            <Empty title={t('batches.none')} />
          ) : (
            <>
              <Table
                label={t('batches.title')}
                rows={batches.toSorted((a, b) => (b.answerRate ?? -1) - (a.answerRate ?? -1))}
                columns={[...columnsOf(taskId, range, query), ...namingColumn(taskId, asked.again)]}
                keyOf={({ batchId }) => batchId ?? ''}
                save={t('batches.title')}
              />
              {isCut && <p class="quiet small">{t('batches.most', { n: MOST })}</p>}
            </>
          )
        }
      </Shown>
    </Panel>
  );
}

function columnsOf(taskId: string, range: Partial<Range> = {}, query: Query): Column<Sums>[] {
  const calls = (batchId: string | null, which: Query = {}) => callsOf(range, which, { taskId, batchId });
  return [
    {
      title: t('field.batchId'),
      cell: ({ batchId, batchName }) => (
        <Named
          name={batchName}
          id={batchId}
          path={['calls']}
          query={{ taskId, batchId: batchId ?? undefined, ...query }}
        />
      ),
      value: ({ batchId }) => batchId,
    },
    {
      title: t('sum.rate'),
      cell: ({ answerRate }) => <RateBar rate={answerRate} />,
      value: ({ answerRate }) => answerRate,
    },
    {
      title: t('sum.calls'),
      kind: 'number',
      cell: (row) => <Linked href={calls(row.batchId)}>{count(row.calls)}</Linked>,
      value: (row) => row.calls,
    },
    {
      title: t('sum.answered'),
      kind: 'number',
      cell: ({ batchId, answered }) => (
        <Linked href={calls(batchId, { answered: 'true' })}>{count(answered)}</Linked>
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
    ...(range.from === undefined ? [lastColumn()] : []),
  ];
}

/** For keys that may name. A batch without an id can't be named. */
function namingColumn(taskId: string, onDone: () => void): Column<Sums>[] {
  if (!may('labels:write')) return [];
  const cell = ({ batchId }: Sums) =>
    batchId !== null &&
    batchId !== '' && <Naming taskId={taskId} batchId={batchId} onDone={onDone} isSmall />;
  return [{ title: t('label.name'), cell }];
}

function lastColumn(): Column<Sums> {
  return {
    title: t('tasks.last'),
    cell: ({ lastCallAt }) => <Time at={lastCallAt} />,
    value: ({ lastCallAt = null }) => lastCallAt,
  };
}
