import type { Schemas } from '../../api/client.js';
import { resultLabel, useCodes } from '../../api/results.js';
import { t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { length } from '../../time/format.js';
import { Id, Mark, Time } from '../../ui/bits.js';
import { type Column, Table } from '../../ui/table.js';

type Call = Schemas['SelectedCall'];

/** Calls, each with the way to all that is known of it. */
export function CallTable({ calls, label }: { calls: readonly Call[]; label: string }) {
  const codes = useCodes();
  const columns: Column<Call>[] = [
    {
      title: t('field.occurredAt'),
      cell: ({ callId, occurredAt }) => (
        <a href={to(['calls', callId])}>
          <Time at={occurredAt} />
        </a>
      ),
    },
    { title: t('field.callee'), cell: ({ callee }) => <Id id={callee} /> },
    {
      title: t('calls.outcome'),
      cell: ({ smartStatusCode = null, answered, warnings, provenance }) => (
        <>
          <Mark tone={answered === true ? 'good' : 'plain'}>
            {resultLabel(codes, smartStatusCode, t(answered === true ? 'calls.answered' : 'result.none'))}
          </Mark>
          {warnings != null && <Mark tone="warn">{t('calls.warned')}</Mark>}
          {provenance === 'pulled' && <Mark tone="plain">{t('calls.pulled')}</Mark>}
        </>
      ),
    },
    { title: t('field.duration'), kind: 'number', cell: ({ duration = null }) => length(duration) },
    // What a company's own systems know a call by comes before the vendor's ids.
    { title: t('field.outId'), cell: ({ outId }) => <Id id={outId} /> },
    {
      title: t('field.taskId'),
      cell: ({ taskId }) => <Id id={taskId} path={['tasks', taskId ?? '']} />,
    },
    {
      title: t('field.batchId'),
      cell: ({ batchId }) => <Id id={batchId} path={['calls']} query={{ batchId: batchId ?? undefined }} />,
    },
  ];
  return <Table label={label} rows={calls} columns={columns} keyOf={({ callId }) => callId} />;
}
