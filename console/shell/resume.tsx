import { useEffect } from 'preact/hooks';
import type { Problem } from '../api/client.js';
import { resume, signOut } from '../api/session.js';
import { t } from '../i18n/i18n.js';
import { ProblemNote } from '../ui/states.js';
import { Preferences } from './preferences-bar.js';

const TRIES_EVERY_MS = 3000;

/**
 * Whoever was signed in before the page was loaded anew waits here for the service: it goes on by itself.
 *
 * @param problem of the last try; another object for each
 */
export function Resume({ problem }: { problem: Problem }) {
  useEffect(() => {
    const timer = setTimeout(() => void resume(), TRIES_EVERY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [problem]);
  return (
    <main class="sign-in">
      <div class="panel">
        <h1>Call Ledger</h1>
        <p>{t('resume.what')}</p>
        <ProblemNote problem={problem} again={() => void resume()} />
        <button type="button" class="button" onClick={signOut}>
          {t('who.out')}
        </button>
      </div>
      <Preferences />
    </main>
  );
}
