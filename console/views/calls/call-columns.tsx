// The columns of the list of calls, and which of them a person wants: kept in the browser.
import { signal } from '@preact/signals';
import type { Schemas } from '../../api/client.js';
import { t, type TextName } from '../../i18n/i18n.js';
import { forGood } from '../../state/kept.js';
import { goWith, route, to } from '../../state/route.js';
import { length } from '../../time/format.js';
import { Id, Mark, Time } from '../../ui/bits.js';
import { IntentMark } from '../../ui/intent.js';
import { Named } from '../../ui/named.js';
import { Popover } from '../../ui/popover.js';
import { RecordingMark } from '../../ui/recording-mark.js';
import { Result } from '../../ui/result.js';
import type { Column } from '../../ui/table.js';

export type Call = Schemas['ListedCall'];

interface CallColumn extends Omit<Column<Call>, 'title'> {
  readonly name: string;
  readonly title: TextName;
}

const COLUMNS: readonly CallColumn[] = [
  { name: 'callee', title: 'field.callee', cell: ({ callee }) => <Id id={callee} /> },
  { name: 'result', title: 'calls.outcome', cell: (call) => <Outcome call={call} /> },
  // The id that a company's own systems give a call is seen on small screens too.
  { name: 'outId', title: 'field.outId', cell: ({ outId }) => <Id id={outId} /> },
  {
    name: 'intent',
    title: 'field.majorIntent',
    cell: ({ note }) =>
      note?.majorIntent == null ? <span class="quiet">–</span> : <IntentMark intent={note.majorIntent} />,
  },
  {
    name: 'duration',
    title: 'field.duration',
    kind: 'number',
    cell: ({ duration = null }) => length(duration),
  },
  {
    name: 'taskId',
    title: 'field.taskId',
    cell: ({ taskId = null, taskName }) => (
      <Named name={taskName} id={taskId} path={['tasks', taskId ?? '']} />
    ),
  },
  {
    name: 'batchId',
    title: 'field.batchId',
    cell: ({ batchId = null, batchName }) => (
      <Named name={batchName} id={batchId} path={['calls']} query={{ batchId: batchId ?? undefined }} />
    ),
  },
  {
    name: 'detailId',
    title: 'field.detailId',
    cell: ({ detailId }) => <Id id={detailId} path={['details', detailId ?? '']} />,
  },
  { name: 'caller', title: 'field.caller', cell: ({ caller }) => <Id id={caller} /> },
  { name: 'realCaller', title: 'field.realCaller', cell: ({ realCaller }) => <Id id={realCaller} /> },
  {
    name: 'hangup',
    title: 'field.hangupDirection',
    cell: ({ hangupDirection }) => <Id id={hangupDirection} />,
  },
  { name: 'statusCode', title: 'field.statusCode', cell: ({ statusCode }) => <Id id={statusCode} /> },
  {
    name: 'recording',
    title: 'field.recordingState',
    cell: ({ recording }) =>
      recording == null ? <span class="quiet">–</span> : <RecordingMark state={recording.state} />,
  },
  { name: 'source', title: 'field.source', cell: ({ source }) => <Id id={source} /> },
];
const USUAL = ['callee', 'result', 'outId', 'intent', 'duration', 'taskId', 'batchId'];

const STORED = 'call-ledger.columns';
const chosen = signal(forGood.get(STORED)?.split(',') ?? USUAL);

/** The time, which leads to the call, and those that are wanted. */
export function callColumns(): Column<Call>[] {
  const isUp = route.value.query['order'] === 'asc';
  const time: Column<Call> = {
    title: t('field.occurredAt'),
    order: {
      isUp,
      turn: () => {
        goWith({ order: isUp ? undefined : 'asc', cursor: undefined });
      },
    },
    cell: ({ callId, occurredAt }) => (
      <a href={to(['calls', callId])}>
        <Time at={occurredAt} />
      </a>
    ),
  };
  const wanted = COLUMNS.filter(({ name }) => chosen.value.includes(name));
  const columns = wanted.map(({ title, ...column }): Column<Call> => ({ ...column, title: t(title) }));
  return [time, ...columns];
}

export function ColumnChoice() {
  const toggle = (name: string) => {
    const { value } = chosen;
    chosen.value = value.includes(name) ? value.filter((other) => other !== name) : [...value, name];
    forGood.set(STORED, chosen.value.join(','));
  };
  return (
    <Popover summary={t('calls.columns')}>
      <ul class="columns">
        {COLUMNS.map(({ name, title }) => (
          <li key={name}>
            <label class="check">
              <input
                type="checkbox"
                checked={chosen.value.includes(name)}
                onChange={() => {
                  toggle(name);
                }}
              />
              {t(title)}
            </label>
          </li>
        ))}
      </ul>
    </Popover>
  );
}

function Outcome({ call: { smartStatusCode = null, answered, warnings, provenance } }: { call: Call }) {
  return (
    <>
      <Result code={smartStatusCode} isAnswered={answered === true} />
      {warnings != null && <Mark tone="warn">{t('calls.warned')}</Mark>}
      {provenance === 'pulled' && <Mark tone="plain">{t('calls.pulled')}</Mark>}
    </>
  );
}
