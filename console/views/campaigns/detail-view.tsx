// The calls to one person of a campaign, one after the other: how often were they dialled, and when did they answer?
import { useEffect } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { leaveTrail } from '../../state/trail.js';
import { travelTo } from '../../state/travel.js';
import { ago, count, length } from '../../time/format.js';
import { Head, Id, Time } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Given } from '../../ui/given.js';
import { IntentMark } from '../../ui/intent.js';
import { Result } from '../../ui/result.js';
import { Empty, Shown } from '../../ui/states.js';

type Call = Schemas['ListedCall'];

/** Nobody is dialled so often. */
const MOST = 200;

export function DetailView({ detailId }: { detailId: string }) {
  const query = { detailId: [detailId], order: 'asc' as const, limit: MOST };
  const asked = useAsk(detailId, (signal) => answerOf(api.GET('/v1/calls', { params: { query }, signal })));
  const calls = asked.data?.data;
  useEffect(() => {
    if (calls !== undefined) leaveTrail(calls.map(({ callId }) => callId));
  }, [calls]);
  return (
    <>
      <Head
        title={<Id id={detailId} />}
        parent={{ title: t('nav.calls'), path: ['calls'], query: travelTo('calls') }}
      >
        <Copy text={detailId} label={t('detail.copyId')} />
      </Head>
      <p class="quiet">{t('detail.what')}</p>
      <Shown asked={asked} lines={6}>
        {({ data, page }) =>
          data.length === 0 ? (
            <Empty title={t('calls.none')} />
          ) : (
            <>
              <p>
                {t('detail.sum', {
                  n: count(data.length),
                  answered: data.filter(({ answered }) => answered).length,
                })}
              </p>
              <ol class="chain">
                {data.map((call, index) => (
                  <Dial key={call.callId} call={call} before={data[index - 1]} number={index + 1} />
                ))}
              </ol>
              {page.nextCursor !== null && <p class="quiet">{t('detail.most', { n: MOST })}</p>}
            </>
          )
        }
      </Shown>
    </>
  );
}

interface DialProps {
  readonly call: Call;
  readonly before: Call | undefined;
  readonly number: number;
}

function Dial({ call, before, number }: DialProps) {
  const {
    batchName,
    callId,
    occurredAt = '',
    answered = false,
    smartStatusCode = null,
    duration = null,
    callee,
    batchId,
    note = null,
  } = call;
  return (
    <li class={answered ? 'dial dial-answered' : 'dial'}>
      {before?.occurredAt !== undefined && (
        <p class="quiet small">
          {t('detail.later', { time: ago(before.occurredAt, Date.parse(occurredAt)) })}
        </p>
      )}
      <p class="dial-head">
        <strong>{t('detail.dial', { n: number })}</strong>
        <Result code={smartStatusCode} isAnswered={answered} />
        {note?.majorIntent != null && <IntentMark intent={note.majorIntent} />}
        <a href={to(['calls', callId])}>
          <Time at={occurredAt} />
        </a>
        {answered && <span>{length(duration)}</span>}
      </p>
      <p class="quiet small">
        <Id id={callee} /> · {t('field.batchId')} {batchName !== null && <Given text={`${batchName} `} />}
        <Id id={batchId} />
      </p>
    </li>
  );
}
