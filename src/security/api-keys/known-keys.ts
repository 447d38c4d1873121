// The text of a key in, who holds it out.
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { ADMIN, type KeyHolder } from '../principal.js';
import { isScope } from '../scopes.js';
import { Secret } from '../secret.js';
import { isSecretOf, parseKey } from './api-key.js';
import { ApiKeyRepository, type ValidKeyRow } from './api-key.repository.js';
import { KeyUses } from './key-uses.js';

/** How long another process may not know yet that a key was made or revoked. */
const FRESH_MS = 2000;
/** How long nobody asks again after the database did not answer. */
const PAUSE_MS = 500;

interface Snapshot {
  readonly askedAt: number;
  readonly keys: ReadonlyMap<string, ValidKeyRow>;
}

/**
 * Knows the keys that are valid now. All of them are read together, when somebody asks, at most once in two seconds: so
 * a request with a wrong key costs no query, whatever id it makes up. They are as few as people have made.
 */
@Injectable()
export class KnownKeys {
  private readonly adminKey: Secret;
  private snapshot: Snapshot | undefined;
  private asking: Promise<Snapshot> | undefined;
  private changes = 0;
  private failure: { readonly at: number; readonly error: unknown } | undefined;

  constructor(
    settings: Settings,
    private readonly repository: ApiKeyRepository,
    private readonly uses: KeyUses,
  ) {
    this.adminKey = new Secret(settings.adminApiKey);
  }

  /**
   * The settings' key is known without the database.
   *
   * @returns undefined for a key that is wrong, expired or revoked
   * @throws DatabaseUnavailableError
   */
  async holderOf(key: string): Promise<KeyHolder | undefined> {
    if (this.adminKey.equals(key)) return ADMIN;
    const parts = parseKey(key);
    if (parts === undefined) return undefined;
    // Ids are no secrets, so that a look-up may tell by its time whether there is one.
    const row = (await this.current()).keys.get(parts.id);
    if (row === undefined || !isSecretOf(parts.secret, row.secret_hash)) return undefined;
    if (row.expires_at !== null && row.expires_at.getTime() <= Date.now()) return undefined;
    this.uses.note(row.id);
    return { keyId: row.id, name: row.name, scopes: row.scopes.filter(isScope), sources: row.sources };
  }

  /** To be called when keys were changed here: this process knows at once. */
  forget(): void {
    this.changes += 1;
    this.snapshot = undefined;
    this.asking = undefined;
  }

  private async current(): Promise<Snapshot> {
    const { snapshot, failure } = this;
    const now = Date.now();
    if (snapshot !== undefined && now - snapshot.askedAt < FRESH_MS) return snapshot;
    if (failure !== undefined && now - failure.at < PAUSE_MS) throw failure.error;
    this.asking ??= this.ask();
    return this.asking;
  }

  private async ask(): Promise<Snapshot> {
    const askedAt = Date.now();
    const { changes } = this;
    try {
      const rows = await this.repository.valid();
      const snapshot = { askedAt, keys: new Map(rows.map((row) => [row.id, row])) };
      // Else somebody has changed keys meanwhile: what was read is only for those who asked before that.
      if (changes === this.changes) this.snapshot = snapshot;
      this.failure = undefined;
      return snapshot;
    } catch (error) {
      this.failure = { at: Date.now(), error };
      throw error;
    } finally {
      if (changes === this.changes) this.asking = undefined;
    }
  }
}
