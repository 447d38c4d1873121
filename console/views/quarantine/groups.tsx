// The open entries by their cause, with how many there are of each. Each leads to its entries.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { reasonText, t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { count } from '../../time/format.js';
import { Panel, Time } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';

type Group = Schemas['QuarantineGroup'];

/** @param version changes when the entries may have changed */
export function Groups({ version }: { version: string }) {
  const asked = useAsk(`groups ${version}`, (signal) =>
    answerOf(api.GET('/v1/quarantine/groups', { params: { query: { status: ['open'] } }, signal })),
  );
  if (asked.data?.data.length === 0) return null;
  return (
    <Panel title={t('quarantine.causes')}>
      <Shown asked={asked} lines={3}>
        {({ data }) => (
          <Table
            label={t('quarantine.causes')}
            rows={data}
            columns={columns()}
            keyOf={({ reason, source }) => `${source} ${reason}`}
          />
        )}
      </Shown>
    </Panel>
  );
}

function columns(): Column<Group>[] {
  return [
    {
      title: t('quarantine.reason'),
      kind: 'text',
      cell: ({ reason, source }) => (
        <a href={to(['quarantine'], { status: 'open', reason, source })}>
          <Given text={reasonText(reason)} />
        </a>
      ),
    },
    { title: t('field.source'), cell: ({ source }) => source },
    { title: t('quarantine.entries'), kind: 'number', cell: ({ entries }) => count(entries) },
    { title: t('drift.first'), cell: ({ firstReceivedAt }) => <Time at={firstReceivedAt} /> },
    { title: t('drift.last'), cell: ({ lastReceivedAt }) => <Time at={lastReceivedAt} /> },
  ];
}
