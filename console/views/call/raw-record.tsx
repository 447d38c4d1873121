import { t } from '../../i18n/i18n.js';
import { placeOfCall } from '../../text/record-places.js';
import { ShortId } from '../../ui/bits.js';
import { Json } from '../../ui/json.js';
import { Empty } from '../../ui/states.js';
import { BodyPanel } from '../deliveries/body-panel.js';

/** The call as its delivery brought it. */
export function RawRecord({ callId, deliveryId }: { callId: string; deliveryId: string }) {
  return (
    <BodyPanel
      key={deliveryId}
      deliveryId={deliveryId}
      title={t('call.raw')}
      note={<ShortId id={deliveryId} path={['deliveries', deliveryId]} />}
    >
      {(text) => <Record text={text} callId={callId} />}
    </BodyPanel>
  );
}

function Record({ text, callId }: { text: string; callId: string }) {
  const place = placeOfCall(text, callId);
  if (place === undefined) return <Empty title={t('call.raw.notFound')} />;
  return <Json text={text.slice(...place)} what={t('call.raw')} />;
}
