// Who did what that has to be accounted for.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { between, othersOf } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Head, Id, Mark, Name, Time } from '../../ui/bits.js';
import { Choice } from '../../ui/choice.js';
import { Given } from '../../ui/given.js';
import { PagedTable } from '../../ui/paged-table.js';
import { RangePicker } from '../../ui/range-picker.js';
import type { Column } from '../../ui/table.js';
import { ACTIONS } from './actions.js';

type AuditEvent = Schemas['AuditEvent'];

export function AuditView() {
  const { query } = route.value;
  const asked = useAsk(JSON.stringify([query, timeZone.value]), (signal) =>
    answerOf(
      api.GET('/v1/audit-events', { params: { query: { ...between(query), ...othersOf(query) } }, signal }),
    ),
  );
  return (
    <>
      <Head title={t('nav.audit')}>
        <RangePicker query={query} />
      </Head>
      <div class="choices">
        <Choice name="action" title={t('audit.action')} values={ACTIONS} labelOf={(action) => action} />
      </div>
      <PagedTable
        asked={asked}
        label={t('nav.audit')}
        columns={columns()}
        keyOf={({ id }) => id}
        lines={10}
        none={t('audit.none')}
      />
    </>
  );
}

function columns(): Column<AuditEvent>[] {
  return [
    { title: t('audit.at'), cell: ({ at }) => <Time at={at} /> },
    { title: t('audit.action'), cell: ({ action }) => <Mark tone="plain">{action}</Mark> },
    { title: t('audit.key'), cell: ({ keyName }) => <Name name={keyName ?? t('audit.service')} /> },
    { title: t('audit.rows'), kind: 'number', cell: ({ rows }) => (rows === null ? '–' : count(rows)) },
    { title: t('audit.address'), cell: ({ remoteAddress }) => <Id id={remoteAddress} /> },
    {
      title: t('audit.detail'),
      cell: ({ detail }) => <Detail detail={detail} />,
    },
  ];
}

/** What was asked for; the parameters of a request beside what else there is. */
function Detail({ detail: { parameters, ...detail } }: { detail: AuditEvent['detail'] }) {
  const named = Object.entries({ ...detail, ...(parameters as object | undefined) });
  return (
    <dl class="detail">
      {named.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Given text={typeof value === 'string' ? value : JSON.stringify(value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
