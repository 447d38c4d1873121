import { t } from '../../i18n/i18n.js';
import { Mark } from '../../ui/bits.js';

export function StatusMark({ status }: { status: string }) {
  if (status === 'open') return <Mark tone="warn">{t('quarantine.open')}</Mark>;
  if (status === 'replayed') return <Mark tone="good">{t('quarantine.replayed')}</Mark>;
  if (status === 'discarded') return <Mark tone="plain">{t('quarantine.discarded')}</Mark>;
  return <Mark tone="plain">{status}</Mark>;
}
