import type { Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { ago } from '../../time/format.js';
import { Mark } from '../../ui/bits.js';

/** Whether a webhook sends. One that is active may have a reason why it can't. */
export function StateMark({ webhook: { state, reason } }: { webhook: Schemas['Webhook'] }) {
  const tone = state === 'paused' ? 'bad' : reason === null ? 'good' : 'warn';
  return <Mark tone={tone}>{t(`webhook.${state}`)}</Mark>;
}

/** How long ago the oldest change was received that is not taken yet. */
export function lagText({ lagChanges, lagSeconds }: Pick<Schemas['Follower'], 'lagChanges' | 'lagSeconds'>) {
  return lagChanges === 0 ? '–' : ago(0, lagSeconds * 1000);
}
