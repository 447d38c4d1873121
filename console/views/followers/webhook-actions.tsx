// What can be done with a webhook: test it, pause it, have it send at once, or again.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { visible } from '../../text/visible.js';
import { count } from '../../time/format.js';
import { fromLocal } from '../../time/local.js';
import { Dialog } from '../../ui/dialog.js';
import { Opener } from '../../ui/opener.js';
import { ProblemNote } from '../../ui/states.js';

type Webhook = Schemas['Webhook'];
type Attempt = Schemas['WebhookAttempt'];

interface Props {
  readonly webhook: Webhook;
  /** Called when the webhook, or its attempts, may have changed. */
  readonly onDone: () => void;
}

export function WebhookActions({ webhook: { id, state }, onDone }: Props) {
  const [tested, setTested] = useState<Attempt>();
  const changing = useSend<Webhook>(onDone);
  const testing = useSend<Attempt>((attempt) => {
    setTested(attempt);
    onDone();
  });
  const params = { path: { id } };
  const become = (wanted: Webhook['state']) => {
    changing.send(() => answerOf(api.PATCH('/v1/webhooks/{id}', { params, body: { state: wanted } })));
  };
  const test = () => {
    setTested(undefined);
    testing.send(() => answerOf(api.POST('/v1/webhooks/{id}/test', { params })));
  };
  const problem = changing.problem ?? testing.problem;
  const isBusy = changing.isPending || testing.isPending;
  const isActive = state === 'active';
  return (
    <>
      <div class="actions">
        <Action
          text={t(isActive ? 'webhook.again' : 'webhook.resume')}
          isBusy={isBusy}
          isMain={!isActive}
          onClick={() => {
            become('active');
          }}
        />
        {isActive && (
          <Action
            text={t('webhook.pause')}
            isBusy={isBusy}
            onClick={() => {
              become('paused');
            }}
          />
        )}
        <Action
          text={t(testing.isPending ? 'state.sending' : 'webhook.test')}
          isBusy={isBusy}
          onClick={test}
        />
        <Opener text={t('webhook.resend')}>
          {(close) => (
            <Resend
              id={id}
              onClose={() => {
                close();
                onDone();
              }}
            />
          )}
        </Opener>
      </div>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <p role="status">{tested !== undefined && testedText(tested)}</p>
    </>
  );
}

interface ActionProps {
  readonly text: string;
  readonly isBusy: boolean;
  readonly isMain?: boolean;
  readonly onClick: () => void;
}

function Action({ text, isBusy, isMain = false, onClick }: ActionProps) {
  return (
    <button
      type="button"
      class={isMain ? 'button button-main' : 'button'}
      disabled={isBusy}
      onClick={onClick}
    >
      {text}
    </button>
  );
}

function testedText({ status, durationMs, problem }: Attempt): string {
  const ms = count(durationMs);
  if (problem !== null) return t('webhook.tested.bad', { ms, problem: visible(problem) });
  return t('webhook.tested.good', { ms, status: status ?? '–' });
}

/** Sets the webhook back to a time. */
function Resend({ id, onClose }: { id: string; onClose: () => void }) {
  const [since, setSince] = useState('');
  const { send, isPending, problem } = useSend<Webhook>(onClose);
  const time = fromLocal(since, timeZone.value);
  const submit = (event: Event) => {
    event.preventDefault();
    if (time === undefined) return;
    const params = { path: { id } };
    send(() => answerOf(api.POST('/v1/webhooks/{id}/rewind', { params, body: { time } })));
  };
  return (
    <Dialog title={t('webhook.resend.do')} onClose={onClose} isHeld={isPending}>
      <form onSubmit={submit}>
        <p>{t('webhook.resend.what')}</p>
        <label class="field">
          <span>{t('webhook.since')}</span>
          <input
            type="datetime-local"
            required
            value={since}
            onInput={(event) => {
              setSince(event.currentTarget.value);
            }}
          />
        </label>
        {problem !== undefined && <ProblemNote problem={problem} />}
        <div class="actions">
          <button type="submit" class="button button-main" disabled={isPending || time === undefined}>
            {t(isPending ? 'state.sending' : 'webhook.resend.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
