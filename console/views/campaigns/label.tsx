// The name of a campaign or of a batch, and a note, as somebody gives them.
import { useState } from 'preact/hooks';
import { type Answer, answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { visible } from '../../text/visible.js';
import { Id } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { Opener } from '../../ui/opener.js';
import { ProblemNote, Shown } from '../../ui/states.js';

interface Named {
  readonly taskId: string;
  /** Undefined: the campaign itself. */
  readonly batchId?: string;
}

interface Label {
  readonly name: string;
  readonly note: string;
}

const MOST_IN_NAME = 100;
const MOST_IN_NOTE = 1000;

/** The button that opens the dialog, for keys that may name. @param onDone called when the name may have changed */
export function Naming({
  onDone,
  isSmall = false,
  ...of
}: Named & { onDone: () => void; isSmall?: boolean }) {
  if (!may('labels:write')) return null;
  const what = of.batchId ?? of.taskId;
  return (
    <Opener text={t('label.do')} isSmall={isSmall} label={t('label.of', { id: visible(what) })}>
      {(close) => (
        <LabelDialog
          of={of}
          onClose={() => {
            close();
            onDone();
          }}
        />
      )}
    </Opener>
  );
}

/** What there is now is asked for first: a note that is not sent is removed. */
function LabelDialog({ of, onClose }: { of: Named; onClose: () => void }) {
  const asked = useAsk(JSON.stringify(of), (signal) => labelOf(of, signal));
  const saving = useSend<Schemas['Label']>(onClose);
  const save = ({ name, note }: Label) => {
    const body = { name, ...(note.trim() !== '' && { note }) };
    saving.send(() => put(of, body));
  };
  const title = t(of.batchId === undefined ? 'label.task' : 'label.batch');
  return (
    <Dialog title={title} onClose={onClose} isHeld={saving.isPending}>
      <p class="quiet">
        <Id id={of.batchId ?? of.taskId} />
      </p>
      <Shown asked={asked} lines={3}>
        {(label) => <LabelForm label={label} isPending={saving.isPending} onSave={save} />}
      </Shown>
      {saving.problem !== undefined && <ProblemNote problem={saving.problem} />}
    </Dialog>
  );
}

interface FormProps {
  readonly label: Label;
  readonly isPending: boolean;
  readonly onSave: (label: Label) => void;
}

function LabelForm({ label, isPending, onSave }: FormProps) {
  const [name, setName] = useState(label.name);
  const [note, setNote] = useState(label.note);
  const submit = (event: Event) => {
    event.preventDefault();
    onSave({ name, note });
  };
  return (
    <form onSubmit={submit}>
      <Field title={t('label.name')} value={name} onInput={setName} maxLength={MOST_IN_NAME} />
      <Field title={t('label.note')} value={note} onInput={setNote} maxLength={MOST_IN_NOTE} />
      <p class="quiet small">{t('label.what')}</p>
      <div class="actions">
        <button type="submit" class="button button-main" disabled={isPending}>
          {t(isPending ? 'state.sending' : 'label.save')}
        </button>
      </div>
    </form>
  );
}

async function labelOf({ taskId, batchId }: Named, signal: AbortSignal): Promise<Answer<Label>> {
  if (batchId === undefined) {
    const { data, problem } = await answerOf(
      api.GET('/v1/tasks/{taskId}', { params: { path: { taskId } }, signal }),
    );
    if (problem !== undefined) return { problem };
    return { data: { name: data.taskName ?? '', note: data.note ?? '' } };
  }
  const { data, problem } = await answerOf(
    api.GET('/v1/tasks/{taskId}/batches/{batchId}', { params: { path: { taskId, batchId } }, signal }),
  );
  if (problem !== undefined) return { problem };
  return { data: { name: data.batchName ?? '', note: data.note ?? '' } };
}

function put({ taskId, batchId }: Named, body: Schemas['LabelRequest']): Promise<Answer<Schemas['Label']>> {
  if (batchId === undefined)
    return answerOf(api.PUT('/v1/tasks/{taskId}/label', { params: { path: { taskId } }, body }));
  const path = { taskId, batchId };
  return answerOf(api.PUT('/v1/tasks/{taskId}/batches/{batchId}/label', { params: { path }, body }));
}
