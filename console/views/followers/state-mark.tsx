import type { Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { ago } from '../../time/format.js';
import { Mark } from '../../ui/bits.js';

/** Whether a webhook sends. One that is active may have a reason why it can't, or a receiver that does not take what is sent. */
export function StateMark({ webhook }: { webhook: Schemas['Webhook'] }) {
  const { state, reason } = webhook;
  if (state === 'paused') return <Mark tone="bad">{t('webhook.paused')}</Mark>;
  if (isFailing(webhook)) return <Mark tone="warn">{t('webhook.failing')}</Mark>;
  return <Mark tone={reason === null ? 'good' : 'warn'}>{t('webhook.active')}</Mark>;
}

/** Whether the last request failed: it is tried again. */
function isFailing({ lastFailure, lastSuccessAt }: Schemas['Webhook']): boolean {
  if (lastFailure === null) return false;
  return lastSuccessAt === null || Date.parse(lastFailure.at) > Date.parse(lastSuccessAt);
}

/** How long ago the oldest change was received that is not taken yet. */
export function lagText({ lagChanges, lagSeconds }: Pick<Schemas['Follower'], 'lagChanges' | 'lagSeconds'>) {
  return lagChanges === 0 ? '–' : ago(0, lagSeconds * 1000);
}
