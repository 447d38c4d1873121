import type { Random } from './random.js';

export const SAMPLES_A_SECOND = 8000;
const HEADER_BYTES = 44;
const SILENCE = 128;

/** A WAV file (8 kHz, 8 bits, one channel) of silence. */
export function silence(samples: number): Buffer {
  const file = Buffer.alloc(HEADER_BYTES + samples, SILENCE);
  file.write('RIFF', 0);
  file.writeUInt32LE(HEADER_BYTES - 8 + samples, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLES_A_SECOND, 24);
  file.writeUInt32LE(SAMPLES_A_SECOND, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples, 40);
  return file;
}

/** Makes a short WAV file with some tones: 2 to 6 kB. */
export function drawAudio(random: Random): Buffer {
  const samples = random.between(2000, 6000);
  const file = silence(samples);
  const [low, high] = [random.between(300, 900), random.between(1000, 1600)];
  for (let at = 0; at < samples; at += 1) {
    const angle = (2 * Math.PI * at) / SAMPLES_A_SECOND;
    const wave = Math.sin(low * angle) * 60 + Math.sin(high * angle) * 40;
    file[HEADER_BYTES + at] = SILENCE + Math.round(wave);
  }
  return file;
}
