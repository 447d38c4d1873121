import type { Schemas } from '../../api/client.js';
import { t, type TextName } from '../../i18n/i18n.js';
import { Mark } from '../../ui/bits.js';

const WAYS: Readonly<Record<string, TextName>> = {
  direct: 'way.direct',
  journal: 'way.journal',
  replay: 'way.replay',
  erasure: 'way.erasure',
  pull: 'way.pull',
  recording: 'way.recording',
};

/** How a delivery came into the ledger, and whether its body had come before. */
export function WayMark({ delivery: { via, redeliveryOf } }: { delivery: Schemas['Delivery'] }) {
  const name = WAYS[via];
  return (
    <>
      <Mark tone={via === 'journal' ? 'warn' : 'plain'}>{name === undefined ? via : t(name)}</Mark>
      {redeliveryOf !== null && <Mark tone="plain">{t('deliveries.again')}</Mark>}
    </>
  );
}
