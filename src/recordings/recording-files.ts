import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Settings } from '../config/settings.js';
import { Database } from '../persistence/connections/database.js';
import { within } from '../within.js';
import { FolderStore } from './folder-store.js';
import { ForeignStoreError, type RecordingStore } from './recording-store.js';
import { S3Store } from './s3-store.js';

const CHECK_MS = 5000;
const ID_BYTES = 16;
const ID = /^[0-9a-f]{32}$/;
const MAKE_ID = {
  name: 'make-ledger-id',
  text: `INSERT INTO secrets (name, value) VALUES ($1, decode($2, 'hex')) ON CONFLICT (name) DO NOTHING`,
};
const FIND_ID = {
  name: 'find-ledger-id',
  text: `SELECT encode(value, 'hex') AS id FROM secrets WHERE name = $1`,
};
/** The names of ids in the table of secrets. */
const LEDGER = 'ledger';
const STORE = 'recordings';
const SPOOL = 'recordings-spool';

/** The store of the recordings' files. It is prepared when it is first needed. */
@Injectable()
export class RecordingFiles implements OnApplicationShutdown {
  private prepared: Promise<RecordingStore> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
  ) {}

  /** Whether files are kept at all. */
  get isOn(): boolean {
    return this.settings.recordingStore !== undefined;
  }

  /**
   * Whether the store is only taken once there is a recording. So processes with folders of their own can share a ledger
   * that has no recordings.
   */
  get waitsForRecordings(): boolean {
    const place = this.settings.recordingStore;
    return place?.kind === 'folder' && place.isDefault;
  }

  /** @throws ForeignStoreError, DatabaseUnavailableError, or the error of the store */
  async store(): Promise<RecordingStore> {
    this.prepared ??= this.prepare();
    try {
      return await this.prepared;
    } catch (error) {
      this.prepared = undefined;
      throw error;
    }
  }

  /**
   * Finds out whether the store is this ledger's. If the store does not answer in time, that is found out when it is
   * needed: pushes must be taken without it.
   *
   * @throws ForeignStoreError
   */
  async check(): Promise<void> {
    if (!this.isOn) return;
    try {
      await within(CHECK_MS, this.checkNow());
    } catch (error) {
      if (error instanceof ForeignStoreError) throw error;
    }
  }

  private async checkNow(): Promise<void> {
    if (this.waitsForRecordings && (await this.knownId(STORE)) === undefined) return;
    await this.store();
  }

  async onApplicationShutdown(): Promise<void> {
    const store = await this.prepared?.catch(() => undefined);
    store?.close();
  }

  private async prepare(): Promise<RecordingStore> {
    const store = await this.open();
    try {
      await this.checkOwner(store);
    } catch (error) {
      store.close();
      throw error;
    }
    return store;
  }

  private async open(): Promise<RecordingStore> {
    const { recordingStore: place, dataDir } = this.settings;
    if (place === undefined) throw new Error('RECORDING_STORE is off');
    return place.kind === 's3'
      ? S3Store.of(place, join(dataDir, SPOOL))
      : Promise.resolve(new FolderStore(place.path));
  }

  /**
   * The marker of the store holds the id of the ledger and an id of the store. The database holds both too. So it is
   * found out when two ledgers have one store, and when two processes of a ledger have two stores.
   *
   * @throws ForeignStoreError
   */
  private async checkOwner(store: RecordingStore): Promise<void> {
    const ledger = await this.idOf(LEDGER, newId());
    const [owner, id = ''] = (await store.identify(`${ledger} ${newId()}`)).split(' ');
    if (owner !== ledger || !ID.test(id))
      throw new ForeignStoreError(
        `RECORDING_STORE: ${store.name} holds the recordings of another ledger. Give each ledger a store of its own.`,
      );
    if ((await this.idOf(STORE, id)) !== id)
      throw new ForeignStoreError(
        `RECORDING_STORE: ${store.name} is not the store that this ledger uses. All processes of a ledger must have the same store. See "Another store" in docs/operations.md.`,
      );
  }

  /** @param candidate becomes the id if there is none */
  private async idOf(name: string, candidate: string): Promise<string> {
    await this.database.query({ ...MAKE_ID, values: [name, candidate] });
    const id = await this.knownId(name);
    if (id === undefined) throw new Error(`the ledger has no id of the name ${name}`);
    return id;
  }

  private async knownId(name: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>({ ...FIND_ID, values: [name] });
    return row?.id;
  }
}

function newId(): string {
  return randomBytes(ID_BYTES).toString('hex');
}
