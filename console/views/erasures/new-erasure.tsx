import { useState } from 'preact/hooks';
import { answerOf, api, type Problem } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { Dialog } from '../../ui/dialog.js';
import { ProblemNote } from '../../ui/states.js';

/** What can't be undone is typed twice. */
export function NewErasure({ onClose }: { onClose: () => void }) {
  const [number, setNumber] = useState('');
  const [repeated, setRepeated] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: Event) => {
    event.preventDefault();
    const answer = await answerOf(api.POST('/v1/erasures', { body: { number: number.trim(), reason } }));
    setProblem(answer.problem);
    if (answer.problem === undefined) onClose();
  };
  const isSame = number.trim() !== '' && number.trim() === repeated.trim();
  return (
    <Dialog title={t('erasures.make')} onClose={onClose}>
      <p>{t('erasures.warning')}</p>
      <form onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>{t('erasures.number')}</span>
          <input
            required
            inputMode="tel"
            autocomplete="off"
            value={number}
            onInput={(event) => {
              setNumber(event.currentTarget.value);
            }}
          />
        </label>
        <label class="field">
          <span>{t('erasures.repeat')}</span>
          <input
            required
            inputMode="tel"
            autocomplete="off"
            value={repeated}
            onInput={(event) => {
              setRepeated(event.currentTarget.value);
            }}
          />
        </label>
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
          <button type="submit" class="button button-bad" disabled={!isSame}>
            {t('erasures.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
