import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database } from '../persistence/connections/database.js';
import { FolderStore } from './folder-store.js';
import type { RecordingStore } from './recording-store.js';

const LEDGER_ID = {
  name: 'ledger-id',
  text: `WITH made AS (
      INSERT INTO secrets (name, value) VALUES ('ledger', uuid_send(gen_random_uuid())) ON CONFLICT (name) DO NOTHING
      RETURNING value)
    SELECT encode(value, 'hex') AS id FROM made
    UNION ALL SELECT encode(value, 'hex') FROM secrets WHERE name = 'ledger'`,
};

/** The store of the recordings' files. It is prepared when it is first needed. */
@Injectable()
export class RecordingFiles {
  private prepared: Promise<RecordingStore> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
  ) {}

  /** Whether files are kept at all. */
  get isOn(): boolean {
    return this.settings.recordingStore !== undefined;
  }

  /** @throws ForeignFolderError, DatabaseUnavailableError, or the error of the file system */
  async store(): Promise<RecordingStore> {
    this.prepared ??= this.prepare();
    try {
      return await this.prepared;
    } catch (error) {
      this.prepared = undefined;
      throw error;
    }
  }

  private async prepare(): Promise<RecordingStore> {
    const { recordingStore } = this.settings;
    if (recordingStore === undefined) throw new Error('RECORDING_STORE is off');
    const [ledger] = await this.database.query<{ id: string }>({ ...LEDGER_ID, values: [] });
    if (ledger === undefined) throw new Error('the ledger has no id');
    const store = new FolderStore(recordingStore);
    await store.prepare(ledger.id);
    return store;
  }
}
