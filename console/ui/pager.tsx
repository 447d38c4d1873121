// Pages by cursors: there is a way to the next page and, by the browser's own history, back.
import { t } from '../i18n/i18n.js';
import { goWith, route } from '../state/route.js';
import { Icon } from './icons.js';

export function Pager({ nextCursor, shown }: { nextCursor: string | null; shown: number }) {
  const isFirst = route.value.query['cursor'] === undefined;
  return (
    <nav class="pager" aria-label={t('pager.label')}>
      <span class="quiet">{t('pager.shown', { n: shown })}</span>
      <span class="spread" />
      {!isFirst && (
        <>
          <button
            type="button"
            class="button"
            onClick={() => {
              goWith({ cursor: undefined });
            }}
          >
            {t('pager.first')}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              history.back();
            }}
          >
            <Icon name="back" /> {t('pager.back')}
          </button>
        </>
      )}
      {nextCursor !== null && (
        <button
          type="button"
          class="button"
          onClick={() => {
            goWith({ cursor: nextCursor });
          }}
        >
          {t('pager.next')} <Icon name="next" />
        </button>
      )}
    </nav>
  );
}
