// Marks all open entries of the address's filters as not needed.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { Bulk, resultOf } from '../../ui/bulk.js';

/** The most that one request takes. */
const MOST = 10_000;

interface DiscardProps {
  /** Which entries; a span that ends now means that of the opening, for the count and for the discard. */
  readonly wanted: Omit<Schemas['DiscardRequest'], 'dryRun' | 'limit' | 'cursor'>;
  /** @param isDone whether anything may have changed */
  readonly onClose: (isDone: boolean) => void;
}

export function DiscardMany({ wanted, onClose }: DiscardProps) {
  const [ofOpening] = useState(wanted);
  const ask = (dryRun: boolean) => {
    const body = { status: 'open' as const, ...ofOpening, dryRun, limit: MOST };
    return resultOf(answerOf(api.POST('/v1/quarantine/discard', { body })), ({ discarded }) => discarded);
  };
  return (
    <Bulk
      title={t('discard.title')}
      what={t('discard.many')}
      counted={t('discard.counted')}
      action={(n) => t('discard.doMany', { n })}
      ask={ask}
      onClose={onClose}
    />
  );
}
