import { useEffect, useState } from 'preact/hooks';
import { answeredAt, isOut } from '../api/live.js';
import { whileInSight } from '../api/following.js';
import { t } from '../i18n/i18n.js';
import { ago } from '../time/format.js';

/** How old what is shown is. */
export function Updated() {
  const now = useSeconds();
  const at = answeredAt.value;
  if (at === undefined || isOut.value) return null;
  return <span class="updated quiet small">{t('state.updated', { time: ago(at, now) })}</span>;
}

/** Another text every so often while the page is in sight: what no feed tells of is asked for again. */
export function useTick(everyMs: number): string {
  return String(Math.floor(useSeconds() / everyMs));
}

/** The time, every second while the page is in sight. */
export function useSeconds(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const show = () => {
      setNow(Date.now());
    };
    return whileInSight(document, (signal) => {
      show();
      const timer = setInterval(show, 1000);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
      });
    });
  }, []);
  return now;
}
