import { useState } from 'preact/hooks';
import { answerOf, api } from '../../api/client.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ProblemNote } from '../../ui/states.js';

/** What can't be undone is typed twice. */
export function NewErasure({ onClose }: { onClose: () => void }) {
  const [number, setNumber] = useState('');
  const [repeated, setRepeated] = useState('');
  const [reason, setReason] = useState('');
  const { send, isPending, problem } = useSend<unknown>(onClose);
  const submit = (event: Event) => {
    event.preventDefault();
    send(() => answerOf(api.POST('/v1/erasures', { body: { number: number.trim(), reason } })));
  };
  const isSame = number.trim() !== '' && number.trim() === repeated.trim();
  return (
    <Dialog title={t('erasures.make')} onClose={onClose} isHeld={isPending}>
      <p>{t('erasures.warning')}</p>
      <form onSubmit={submit}>
        <Field title={t('erasures.number')} value={number} onInput={setNumber} required inputMode="tel" />
        <Field title={t('erasures.repeat')} value={repeated} onInput={setRepeated} required inputMode="tel" />
        <label class="field">
          <span>{t('erasures.reason')}</span>
          <textarea
            required
            maxLength={1000}
            rows={2}
            value={reason}
            onInput={(event) => {
              setReason(event.currentTarget.value);
            }}
          />
        </label>
        {problem !== undefined && <ProblemNote problem={problem} />}
        <div class="actions">
          <button type="submit" class="button button-bad" disabled={isPending || !isSame}>
            {isPending ? t('state.sending') : t('erasures.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
