// The calls of the filters as a file. It is asked for as any question is: the key is in no address.
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  arrived,
  askService,
  isAbort,
  type Problem,
  problemOf,
  refusalOf,
  SERVICE,
} from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import type { Query } from '../../state/route.js';
import { bytes } from '../../time/format.js';
import { saveFile } from '../../ui/files.js';
import { Dialog } from '../../ui/dialog.js';
import { Icon } from '../../ui/icons.js';
import { Opener } from '../../ui/opener.js';
import { ProblemNote } from '../../ui/states.js';
import { selectionOf } from './call-filters.js';

export function Export({ query }: { query: Query }) {
  const text = (
    <>
      <Icon name="download" /> {t('export.title')}
    </>
  );
  return <Opener text={text}>{(close) => <ExportDialog query={query} onClose={close} />}</Opener>;
}

const FORMS = [
  { title: 'export.spreadsheet', format: 'csv', reader: 'spreadsheet' },
  { title: 'export.csv', format: 'csv', reader: 'program' },
  { title: 'export.ndjson', format: 'ndjson', reader: 'program' },
] as const;
type Form = (typeof FORMS)[number];

function ExportDialog({ query, onClose }: { query: Query; onClose: () => void }) {
  const [received, setReceived] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const gone = useRef<AbortController>(undefined);
  useEffect(
    // However the dialog ends, by the browser's way back, too: nobody waits for the file any more.
    () => () => {
      gone.current?.abort();
    },
    [],
  );
  const start = async (form: Form) => {
    gone.current = new AbortController();
    setProblem(undefined);
    setReceived(0);
    try {
      setProblem(await download(query, form, setReceived, gone.current.signal));
    } catch (error) {
      if (isAbort(error)) return;
      setProblem(problemOf(error));
    }
    setReceived(undefined);
  };
  return (
    <Dialog title={t('export.title')} onClose={onClose}>
      <p>{t('export.what')}</p>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {received === undefined ? (
        <div class="actions actions-down">
          {FORMS.map((form) => (
            <button key={form.title} type="button" class="button" onClick={() => void start(form)}>
              {t(form.title)}
            </button>
          ))}
        </div>
      ) : (
        <p role="status">{t('export.received', { n: bytes(received) })}</p>
      )}
    </Dialog>
  );
}

/** @returns what went wrong; undefined: the file is with the browser, whole */
async function download(
  query: Query,
  { format, reader }: Form,
  onReceived: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const address = new URL('v1/exports/calls', SERVICE);
  const asked = { ...selectionOf(query), format, ...(format === 'csv' && { for: reader }) };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, String(value));
  const response = await askService(new Request(address, { signal }));
  if (!response.ok) return refusalOf(response);
  // The browser keeps large ones on its disk. A stream that breaks throws: half a file is none.
  const blob = await arrived(new Response(response.body?.pipeThrough(counting(onReceived))).blob());
  saveFile(blob, nameIn(response) ?? `calls.${format}`);
  return undefined;
}

/** Lets bytes through, and tells how many there have been. */
function counting(onReceived: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      onReceived((size += chunk.length));
      controller.enqueue(chunk);
    },
  });
}

function nameIn(response: Response): string | undefined {
  return /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
}
