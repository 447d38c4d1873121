import { useState } from 'preact/hooks';
import { bodyOf } from '../../api/body.js';
import type { Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { recordPlaces } from '../../text/record-places.js';
import { Panel } from '../../ui/bits.js';
import { JsonText } from '../../ui/json.js';
import { Empty, Shown } from '../../ui/states.js';
import { aroundMark } from './mark-of.js';

/** The record among those that came with it; asked for when somebody wants it, since who reads bodies is noted. */
export function InBody({ entry }: { entry: Schemas['QuarantineEntry'] }) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) return <Body entry={entry} />;
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        onClick={() => {
          setWanted(true);
        }}
      >
        {t('quarantine.showBody')}
      </button>
    </div>
  );
}

function Body({ entry: { deliveryId, place } }: { entry: Schemas['QuarantineEntry'] }) {
  const asked = useAsk(deliveryId, (signal) => bodyOf(deliveryId, signal));
  return (
    <Panel title={t('quarantine.inBody')}>
      <Shown asked={asked}>
        {(body) => {
          const found = recordPlaces(body)[Number(place.slice(1))];
          if (found === undefined) return <Empty title={t('quarantine.notInBody')} />;
          const { text, mark } = aroundMark(body, found);
          return (
            <>
              {text.length < body.length && <p class="quiet small">{t('quarantine.cut')}</p>}
              <JsonText text={text} mark={mark} />
            </>
          );
        }}
      </Shown>
    </Panel>
  );
}
