// The recording of a call: what became of it, and its sound if the ledger has it.
import { useEffect, useState } from 'preact/hooks';
import { recordingOf } from '../../api/body.js';
import type { Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { reasonText, t } from '../../i18n/i18n.js';
import { bytes, length } from '../../time/format.js';
import { Facts, Id, Panel, Time } from '../../ui/bits.js';
import { saveFile } from '../../ui/files.js';
import { Given } from '../../ui/given.js';
import { Icon } from '../../ui/icons.js';
import { RecordingMark } from '../../ui/recording-mark.js';
import { Shown } from '../../ui/states.js';
import { WhenWanted } from '../../ui/when-wanted.js';

type Recording = Schemas['Recording'];

export function RecordingPanel({ callId, recording }: { callId: string; recording: Recording }) {
  const { state, bytes: size, contentType, reason, duration, expiresAt } = recording;
  return (
    <Panel title={t('recording.title')} note={<RecordingMark state={state} />}>
      <p class="recording-what">{t(`recording.what.${state}`)}</p>
      {state === 'kept' && may('recordings:read') && (
        <WhenWanted
          text={t('recording.load', { size: size === null ? '–' : bytes(size) })}
          note={t('recording.noted')}
        >
          {() => <Player callId={callId} />}
        </WhenWanted>
      )}
      <Facts
        facts={[
          [t('recording.duration'), length(duration)],
          [t('recording.startTime'), <Time at={recording.startTime} />],
          [t('recording.announcedAt'), <Time at={recording.announcedAt} />],
          // Once it is kept, nobody needs the vendor's copy.
          ...(state === 'kept' || state === 'removed'
            ? []
            : [[t('recording.expiresAt'), <Time at={expiresAt} />] as const]),
          ...(size === null ? [] : [[t('recording.bytes'), bytes(size)] as const]),
          ...(contentType === null ? [] : [[t('recording.type'), <Id id={contentType} />] as const]),
          ...(reason === null ? [] : [[t('recording.reason'), <Given text={reasonText(reason)} />] as const]),
        ]}
      />
    </Panel>
  );
}

/** Fetches the whole file: a player can't send the key. Then it can go to any place of it. */
function Player({ callId }: { callId: string }) {
  const asked = useAsk(callId, (signal) => recordingOf(callId, signal));
  return (
    <Shown asked={asked} lines={1}>
      {(file) => <Sound file={file} callId={callId} />}
    </Shown>
  );
}

function Sound({ file, callId }: { file: Blob; callId: string }) {
  const [url, setUrl] = useState<string>();
  const [isUnplayable, setUnplayable] = useState(false);
  useEffect(() => {
    const own = URL.createObjectURL(file);
    setUrl(own);
    return () => {
      URL.revokeObjectURL(own);
    };
  }, [file]);
  if (url === undefined) return null;
  return (
    <div class="sound">
      {isUnplayable ? (
        <p>{t('recording.unplayable')}</p>
      ) : (
        <audio
          controls
          src={url}
          aria-label={t('recording.title')}
          onError={() => {
            setUnplayable(true);
          }}
        />
      )}
      <button
        type="button"
        class="button"
        onClick={() => {
          saveFile(file, fileName(callId, file.type));
        }}
      >
        <Icon name="download" /> {t('recording.save')}
      </button>
    </div>
  );
}

const ENDINGS: readonly (readonly [type: RegExp, ending: string])[] = [
  [/wav/, '.wav'],
  [/mpeg|mp3/, '.mp3'],
  [/ogg/, '.ogg'],
  [/mp4|m4a|aac/, '.m4a'],
];

/** Only characters that every system allows in the names of files. */
function fileName(callId: string, type: string): string {
  const ending = ENDINGS.find(([pattern]) => pattern.test(type))?.[1] ?? '';
  return `${callId.replaceAll(/[^\w-]+/g, '_')}${ending}`;
}
