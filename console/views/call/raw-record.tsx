import { bodyOf } from '../../api/body.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { ShortId, Panel } from '../../ui/bits.js';
import { JsonText } from '../../ui/json.js';
import { Empty, ProblemNote, Shown } from '../../ui/states.js';
import { placeOfCall } from '../../text/record-places.js';

/** The call as its delivery brought it. */
export function RawRecord({ callId, deliveryId }: { callId: string; deliveryId: string }) {
  const asked = useAsk(deliveryId, (signal) => bodyOf(deliveryId, signal));
  return (
    <Panel title={t('call.raw')} note={<ShortId id={deliveryId} path={['deliveries', deliveryId]} />}>
      {asked.problem?.status === 410 ? (
        <ProblemNote problem={asked.problem} />
      ) : (
        <Shown asked={asked}>{(text) => <Record text={text} callId={callId} />}</Shown>
      )}
    </Panel>
  );
}

function Record({ text, callId }: { text: string; callId: string }) {
  const place = placeOfCall(text, callId);
  if (place === undefined) return <Empty title={t('call.raw.notFound')} />;
  return <JsonText text={text.slice(...place)} />;
}
