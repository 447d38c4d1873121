import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Id, Mark, Panel, Time } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { Column } from '../../ui/table.js';

type Attempt = Schemas['WebhookAttempt'];

/** The requests of a webhook, the newest first. @param tick when it changes, they are asked for again */
export function Attempts({ id, tick }: { id: string; tick: string }) {
  const query = asItStands(route.value.query);
  const params = { path: { id }, query };
  const asked = useAsk(
    JSON.stringify(params),
    (signal) => answerOf(api.GET('/v1/webhooks/{id}/attempts', { params, signal })),
    tick,
  );
  return (
    <Panel title={t('attempts.title')}>
      <PagedTable
        asked={asked}
        label={t('attempts.title')}
        columns={columns()}
        keyOf={(attempt) => attempt.id}
        lines={6}
        none={t('attempts.none')}
      />
    </Panel>
  );
}

function columns(): Column<Attempt>[] {
  return [
    { title: t('attempts.at'), cell: ({ at }) => <Time at={at} /> },
    { title: t('attempts.answer'), cell: (attempt) => <AnswerMark attempt={attempt} /> },
    { title: t('attempts.changes'), kind: 'number', cell: ({ changes }) => count(changes) },
    { title: t('attempts.duration'), kind: 'number', cell: ({ durationMs }) => count(durationMs) },
    {
      title: t('attempts.problem'),
      kind: 'text',
      cell: ({ problem, answer }) => (
        <>
          <Given text={problem ?? '–'} />{' '}
          {answer !== null && answer !== '' && (
            <span class="quiet small">
              <Given text={answer} />
            </span>
          )}
        </>
      ),
    },
    { title: 'webhook-id', cell: ({ messageId }) => <Id id={messageId} /> },
  ];
}

function AnswerMark({ attempt: { status, problem } }: { attempt: Attempt }) {
  if (status === null) return <Mark tone="bad">{t('attempts.noAnswer')}</Mark>;
  return <Mark tone={problem === null ? 'good' : 'bad'}>{String(status)}</Mark>;
}
