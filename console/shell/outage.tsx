import { useEffect } from 'preact/hooks';
import { isOut, watchService } from '../api/live.js';
import { t } from '../i18n/i18n.js';
import { Icon } from '../ui/icons.js';

/** Above every view, for as long as the service does not answer. */
export function Outage() {
  useEffect(watchService, []);
  if (!isOut.value) return null;
  return (
    <div class="note note-bad" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{t('problem.network')}</strong>
        <p>{t('problem.network.more')}</p>
      </div>
    </div>
  );
}
