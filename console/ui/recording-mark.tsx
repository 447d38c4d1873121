import type { Schemas } from '../api/client.js';
import { t } from '../i18n/i18n.js';
import { Mark, type Tone } from './bits.js';

type RecordingState = Schemas['Recording']['state'];

export const RECORDING_STATES = [
  'announced',
  'kept',
  'failed',
  'expired',
  'off',
  'removed',
] as const satisfies readonly RecordingState[];

const TONES: Readonly<Record<RecordingState, Tone>> = {
  announced: 'plain',
  kept: 'good',
  failed: 'warn',
  expired: 'bad',
  off: 'plain',
  removed: 'plain',
};

/** What became of a recording. */
export function RecordingMark({ state }: { state: RecordingState }) {
  return <Mark tone={TONES[state]}>{t(`recording.${state}`)}</Mark>;
}
