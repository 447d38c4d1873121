import type { Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { recordPlaces } from '../../text/record-places.js';
import { JsonText } from '../../ui/json.js';
import { Empty } from '../../ui/states.js';
import { BodyPanel } from '../deliveries/body-panel.js';
import { aroundMark } from './mark-of.js';

/** The record among those that came with it. */
export function InBody({ entry: { deliveryId, place } }: { entry: Schemas['QuarantineEntry'] }) {
  return (
    <BodyPanel deliveryId={deliveryId} title={t('quarantine.inBody')}>
      {(body) => <Marked body={body} index={Number(place.slice(1))} />}
    </BodyPanel>
  );
}

function Marked({ body, index }: { body: string; index: number }) {
  const found = recordPlaces(body)[index];
  if (found === undefined) return <Empty title={t('quarantine.notInBody')} />;
  const [first, last] = aroundMark(body, found);
  return (
    <>
      {last - first < body.length && <p class="quiet small">{t('quarantine.cut')}</p>}
      <JsonText text={body} mark={found} shown={[first, last]} />
    </>
  );
}
