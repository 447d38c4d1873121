import { answerOf, api } from '../../api/client.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { visible } from '../../text/visible.js';
import { Dialog } from '../../ui/dialog.js';
import { Opener } from '../../ui/opener.js';
import { ProblemNote } from '../../ui/states.js';

/** The button that forgets a follower which is not used any more. */
export function Forget({ name, onForgotten }: { name: string; onForgotten: () => void }) {
  const label = t('followers.forgetOne', { name: visible(name) });
  return (
    <Opener text={t('followers.forget')} isSmall label={label}>
      {(close) => (
        <ForgetDialog
          name={name}
          title={label}
          onClose={() => {
            close();
            onForgotten();
          }}
        />
      )}
    </Opener>
  );
}

function ForgetDialog({ name, title, onClose }: { name: string; title: string; onClose: () => void }) {
  const { send, isPending, problem } = useSend<unknown>(onClose);
  const forget = () => {
    send(() => answerOf(api.DELETE('/v1/followers/{name}', { params: { path: { name } } })));
  };
  return (
    <Dialog title={title} onClose={onClose} isHeld={isPending}>
      <p>{t('followers.forget.what')}</p>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div class="actions">
        <button type="button" class="button button-bad" disabled={isPending} onClick={forget}>
          {isPending ? t('state.sending') : t('followers.forget')}
        </button>
      </div>
    </Dialog>
  );
}
