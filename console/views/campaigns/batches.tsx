import { answerOf, api, type Answer, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { RateBar } from '../../charts/rate-bar.js';
import { t } from '../../i18n/i18n.js';
import { count, hours, length } from '../../time/format.js';
import { Id, Panel, Time } from '../../ui/bits.js';
import { Empty, Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';

type Batch = Schemas['Batch'];

/** Of more, only the newest can be looked at together. */
const MOST = 200;

function ask(taskId: string, signal: AbortSignal): Promise<Answer<Schemas['BatchPage']>> {
  const params = { path: { taskId }, query: { limit: MOST } };
  return answerOf(api.GET('/v1/tasks/{taskId}/batches', { params, signal }));
}

/** The batches of a campaign side by side, the best answered first. */
export function Batches({ taskId }: { taskId: string }) {
  const asked = useAsk(taskId, (signal) => ask(taskId, signal));
  const columns: Column<Batch>[] = [
    {
      title: t('field.batchId'),
      cell: ({ batchId }) => <Id id={batchId} path={['calls']} query={{ taskId, batchId }} />,
    },
    { title: t('sum.rate'), cell: ({ answerRate }) => <RateBar rate={answerRate} /> },
    { title: t('sum.calls'), kind: 'number', cell: ({ calls }) => count(calls) },
    { title: t('sum.answered'), kind: 'number', cell: ({ answered }) => count(answered) },
    { title: t('sum.talked'), kind: 'number', cell: ({ totalDuration }) => hours(totalDuration) },
    { title: t('sum.average'), kind: 'number', cell: ({ averageDuration }) => length(averageDuration) },
    { title: t('tasks.last'), cell: ({ lastCallAt }) => <Time at={lastCallAt} /> },
  ];
  return (
    <Panel title={t('batches.title')} note={t('batches.order')}>
      <Shown asked={asked}>
        {({ data, page }) =>
          data.length === 0 ? (
            <Empty title={t('batches.none')} />
          ) : (
            <>
              <Table
                label={t('batches.title')}
                rows={data.toSorted((a, b) => (b.answerRate ?? -1) - (a.answerRate ?? -1))}
                columns={columns}
                keyOf={({ batchId }) => batchId}
              />
              {page.nextCursor !== null && <p class="quiet small">{t('batches.most', { n: MOST })}</p>}
            </>
          )
        }
      </Shown>
    </Panel>
  );
}
