import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client.js';
import { signInAddress } from '../api/company-account.js';
import { ended, offersAccounts, signIn } from '../api/session.js';
import { t, type TextName } from '../i18n/i18n.js';
import { ProblemNote } from '../ui/states.js';
import { Preferences } from './preferences-bar.js';

/** Of the libraries that the page is made with; beside the page's other files. */
const LICENCES = './console/assets/licences.txt';

/** What a header can hold; no browser sends another. */
const KEY = /^[\x21-\x7e]+$/;
const NO_KEY: Problem = { status: 400, detail: '', errors: [], requestId: undefined };

/** The way in: the company's account, or an API key, which is kept until the tab is closed, and nowhere else. */
export function SignIn() {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<Problem>();
  const [isPending, setPending] = useState(false);
  useEffect(() => {
    // Browsers heed `autofocus` only in what comes with the page.
    input.current?.focus();
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    setPending(true);
    const key = input.current?.value.trim() ?? '';
    const found = KEY.test(key) ? await signIn(key) : NO_KEY;
    setProblem(found);
    setPending(false);
    if (found !== undefined) input.current?.focus();
  };
  return (
    <main class="sign-in">
      <div class="panel">
        <h1>Call Ledger</h1>
        <p class="quiet">{t('signIn.what')}</p>
        {ended.value && problem === undefined && (
          <div class="note" role="status">
            {t('signIn.ended')}
          </div>
        )}
        {offersAccounts.value && <CompanyAccount />}
        <form onSubmit={(event) => void submit(event)}>
          <label class="field">
            <span>{t('signIn.key')}</span>
            <input ref={input} type="password" class="mono" autocomplete="off" spellcheck={false} required />
          </label>
          {problem !== undefined && <SignInProblem problem={problem} />}
          <button type="submit" class="button button-main" disabled={isPending}>
            {isPending ? t('state.loading') : t('signIn.do')}
          </button>
        </form>
        <p class="quiet small">{t('signIn.kept')}</p>
        <p class="small">
          <a href={LICENCES}>{t('signIn.licences')}</a>
        </p>
      </div>
      <Preferences />
    </main>
  );
}

/** Leads to the company's identity provider, and back to the place that the page shows. */
function CompanyAccount() {
  // The address is made at the click: what the page shows may have changed until then.
  const go = () => {
    location.assign(signInAddress());
  };
  return (
    <>
      <button type="button" class="button button-main" onClick={go}>
        {t('signIn.account')}
      </button>
      <p class="quiet small">{t('signIn.or')}</p>
    </>
  );
}

function SignInProblem({ problem }: { problem: Problem }) {
  const text = textOf(problem);
  if (text === undefined) return <ProblemNote problem={problem} />;
  return (
    <div class="note note-bad" role="alert">
      {t(text)}
    </div>
  );
}

/** Undefined: what the service says says it best. */
function textOf({ status }: Problem): TextName | undefined {
  if (status === 400) return 'signIn.noKey';
  if (status === 401) return 'signIn.wrong';
  // Told to keys that open no view: others may ask what they may do.
  return status === 403 ? 'nav.nothing' : undefined;
}
