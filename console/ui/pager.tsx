// Pages by cursors: there is a way to the next page and, by the browser's own history, back.
import { useRef } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { cameByNext, goNext, goWith, route } from '../state/route.js';
import { Icon } from './icons.js';

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly page: { readonly nextCursor: string | null };
}

/**
 * Stands beside what is asked for, not within: the button that was pressed is there for as long as the answer takes, and after it.
 *
 * @param of the page that is shown; undefined: it is waited for, or was refused
 */
export function Pager({ of }: { of: Page<unknown> | undefined }) {
  const before = useRef<Page<unknown>>(undefined);
  before.current = of ?? before.current;
  const isFirst = route.value.query['cursor'] === undefined;
  const shown = before.current?.data.length ?? 0;
  const nextCursor = before.current?.page.nextCursor ?? null;
  if (isFirst && shown === 0) return null;
  return (
    <nav class="pager" aria-label={t('pager.label')}>
      <span class="quiet">{of !== undefined && t('pager.shown', { n: shown })}</span>
      <span class="spread" />
      {!isFirst && <Backward />}
      {nextCursor !== null && (
        <button
          type="button"
          class="button"
          aria-disabled={of === undefined}
          onClick={() => {
            // That of the page before would lead to the page that is waited for.
            if (of === undefined) return;
            goNext(nextCursor);
            window.scrollTo(0, 0);
          }}
        >
          {t('pager.next')} <Icon name="next" />
        </button>
      )}
    </nav>
  );
}

function Backward() {
  const toFirst = () => {
    goWith({ cursor: undefined });
  };
  const back = () => {
    // Whoever came by an address with a cursor has another site, or none, behind them.
    if (cameByNext()) history.back();
    else toFirst();
  };
  return (
    <>
      <button type="button" class="button" onClick={toFirst}>
        {t('pager.first')}
      </button>
      <button type="button" class="button" onClick={back}>
        <Icon name="back" /> {t('pager.back')}
      </button>
    </>
  );
}
