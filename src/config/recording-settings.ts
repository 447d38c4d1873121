// Reads the settings that say how the files of recordings are kept.
import { join, resolve } from 'node:path';
import { AllowedHosts } from '../outbound/allowed-hosts.js';
import type { SettingReader } from './setting-reader.js';
import { accessKeyPart, byteSize, endpointUrl, retentionDays, s3Place } from './setting-values.js';
import type { RecordingPlace } from './settings.js';

const S3_KEYS = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
/** The largest file that S3 takes in one request. */
const LARGEST_S3_BYTES = 5 * 1024 ** 3;

export function recordingSettings(reader: SettingReader, dataDir: string) {
  const maxBytes = reader.read('RECORDING_MAX_BYTES', '200mb', byteSize);
  const store = recordingPlace(reader, dataDir);
  if (store?.kind === 's3' && maxBytes !== undefined && maxBytes > LARGEST_S3_BYTES)
    reader.problems.push('RECORDING_MAX_BYTES must be at most 5gb with an S3 store');
  return {
    recordingStore: store,
    recordingHosts: reader.read(
      'RECORDING_ALLOW_HOSTS',
      '*.aliyuncs.com',
      (text) => new AllowedHosts(text, 'none'),
    ),
    recordingMaxBytes: maxBytes,
    recordingRetentionDays: reader.read('RECORDING_RETENTION_DAYS', '0', retentionDays),
  };
}

function recordingPlace(reader: SettingReader, dataDir: string): RecordingPlace | undefined {
  const text = reader.text('RECORDING_STORE');
  if (text === undefined) return { kind: 'folder', path: join(dataDir, 'recordings'), isDefault: true };
  if (text === 'off') return undefined;
  if (!/^[a-z0-9+.-]+:\/\//i.test(text)) return { kind: 'folder', path: resolve(text), isDefault: false };
  const place = reader.read('RECORDING_STORE', undefined, s3Place);
  const endpoint = reader.read('S3_ENDPOINT', undefined, (url) => endpointUrl(url, 'https://s3.example.com'));
  const region = reader.read('S3_REGION', 'us-east-1', accessKeyPart);
  const accessKeyId = reader.read('S3_ACCESS_KEY_ID', undefined, accessKeyPart);
  const secretAccessKey = reader.read('S3_SECRET_ACCESS_KEY', undefined, accessKeyPart);
  for (const name of S3_KEYS)
    if (reader.text(name) === undefined) reader.problems.push(`${name} is required with an S3 store`);
  if (
    place === undefined ||
    region === undefined ||
    accessKeyId === undefined ||
    secretAccessKey === undefined
  )
    return undefined;
  return { kind: 's3', ...place, endpoint, region, accessKeyId, secretAccessKey };
}
