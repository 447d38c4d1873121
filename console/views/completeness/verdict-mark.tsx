import { t } from '../../i18n/i18n.js';
import { Mark } from '../../ui/bits.js';

export const VERDICTS = ['complete', 'missing', 'surplus', 'unsettled', 'unknown'] as const;

const TONES = {
  complete: 'good',
  missing: 'bad',
  surplus: 'warn',
  unsettled: 'plain',
  unknown: 'warn',
} as const;

export function VerdictMark({ verdict }: { verdict: string }) {
  const known = VERDICTS.find((each) => each === verdict);
  if (known === undefined) return <Mark tone="plain">{verdict}</Mark>;
  return <Mark tone={TONES[known]}>{t(`verdict.${known}`)}</Mark>;
}
