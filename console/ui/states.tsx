// What stands where an answer is not there: yet, at all, or because something went wrong.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api/client.js';
import { isOut } from '../api/live.js';
import type { Asked } from '../api/use-ask.js';
import { problemText, t } from '../i18n/i18n.js';
import { Given } from './given.js';
import { Icon } from './icons.js';

export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="sr-only">{t('state.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="skeleton" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** As the API says it; 503 has other causes, too. */
const AWAY = 'The database is not available';
const isAway = ({ status, detail }: Problem) => status === 503 && detail === AWAY;

/** Parts of the page that say that the database is not there, in their order. */
const sayers = signal<readonly object[]>([]);

/** Whether this part is the one that says so: what many parts would say is said once. @param isMeant whether it would */
function useOnce(isMeant: boolean): boolean {
  const own = useRef({});
  useLayoutEffect(() => {
    if (!isMeant) return undefined;
    const { current } = own;
    sayers.value = [...sayers.value, current];
    return () => {
      sayers.value = sayers.value.filter((other) => other !== current);
    };
  }, [isMeant]);
  return !isMeant || sayers.value[0] === own.current;
}

function titleOf(problem: Problem): string {
  const { status } = problem;
  if (status === undefined) return t('problem.unexpected');
  if (status === 0) return t('problem.network');
  if (status === 403) return t('problem.forbidden');
  if (status === 404) return t('problem.missing');
  if (status === 410) return t('problem.gone');
  if (status === 429) return t('problem.rate');
  if (isAway(problem)) return t('problem.away');
  if (status === 503) return t('problem.busy');
  return status < 500 ? t('problem.refused') : t('problem.failed');
}

/** What went wrong, in words for a person, with the request's id for whoever looks into the log. */
export function ProblemNote({ problem, again }: { problem: Problem; again?: () => void }) {
  const isFirst = useOnce(isAway(problem));
  if (!isFirst) return null;
  return (
    <div class={problem.status === 503 ? 'note note-away' : 'note note-bad'} role="alert">
      <Icon name="warning" />
      <div>
        <strong>{titleOf(problem)}</strong>
        {isAway(problem) && <p>{t('problem.away.more')}</p>}
        {!isAway(problem) && problem.detail !== '' && (
          <p>
            <Given text={problemText(problem.detail)} />
          </p>
        )}
        {problem.errors.map(({ path, message }) => (
          <p key={path + message}>
            <code>
              <Given text={path} />
            </code>{' '}
            <Given text={problemText(message)} />
          </p>
        ))}
        <RequestId problem={problem} />
        {again !== undefined && (
          <button type="button" class="button" onClick={again}>
            {t('action.again')}
          </button>
        )}
      </div>
    </div>
  );
}

/** Where the log says more than the answer does. */
function RequestId({ problem: { status = 0, requestId } }: { problem: Problem }) {
  if (requestId === undefined || status < 500 || status === 503) return null;
  return (
    <p class="quiet">
      {t('problem.request')} <code>{requestId}</code>
    </p>
  );
}

interface ShownProps<T> {
  readonly asked: Asked<T>;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}

/** An answer as it is shown, or why there is none. An old answer stays in sight while a newer question has a problem. */
export function Shown<T>({ asked, lines, children }: ShownProps<T>) {
  const { data, problem: found, isPending, again } = asked;
  // Of an outage it is said once, above the view, which goes on by itself.
  const problem = found?.status === 0 && isOut.value ? undefined : found;
  return (
    <>
      {problem !== undefined && <ProblemNote problem={problem} again={again} />}
      {data === undefined && problem === undefined && <Loading {...(lines !== undefined && { lines })} />}
      {data !== undefined && <div aria-busy={isPending}>{children(data)}</div>}
    </>
  );
}
