import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../../background/single-flight.js';
import { Settings } from '../../config/settings.js';
import { ADMIN, isScope, type KeyHolder } from '../principal.js';
import { Secret } from '../secret.js';
import { personId } from '../sessions/known-sessions.js';
import { isSecretOf, parseKey } from './api-key.js';
import { ApiKeyRepository, type KnownKey } from './api-key.repository.js';
import { KeyUses } from './key-uses.js';

/** The time within which a process learns that another one has created or revoked a key. */
const FRESH_MS = 2000;
/** The keys that people make share the limits of those people. */
const PERSON = personId('');
/** The pause before the keys are read again after the database has not answered. */
const PAUSE_MS = 500;

interface Snapshot {
  readonly askedAt: number;
  readonly holders: ReadonlyMap<string, KnownHolder>;
}

interface KnownHolder {
  readonly holder: KeyHolder;
  readonly secretHash: Buffer;
}

/**
 * Knows the keys that are valid now. It reads all keys together, at most once in two seconds and only when a request
 * needs them. So a request with a wrong key costs no query, whatever id it makes up. There are few keys, because people
 * create them.
 */
@Injectable()
export class KnownKeys {
  private readonly adminKey: Secret;
  private snapshot: Snapshot | undefined;
  private readonly asking = new SingleFlight(() => this.ask());
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
   * Finds the holder of a key. The key of the settings is known without the database.
   *
   * @returns undefined if the key is wrong, expired or revoked
   * @throws DatabaseUnavailableError
   */
  async holderOf(key: string): Promise<KeyHolder | undefined> {
    if (this.adminKey.equals(key)) return ADMIN;
    const parts = parseKey(key);
    if (parts === undefined) return undefined;
    // Ids are not secret, so the duration of the lookup may reveal whether an id exists.
    const known = (await this.current(FRESH_MS)).holders.get(parts.id);
    if (known === undefined || !isSecretOf(parts.secret, known.secretHash)) return undefined;
    if (hasExpired(known.holder)) return undefined;
    this.uses.note(parts.id);
    return known.holder;
  }

  /**
   * Whether the key of a holder is still valid.
   *
   * @param ageMs the greatest age of the known keys, in ms
   * @throws DatabaseUnavailableError
   */
  async isGood(holder: KeyHolder, ageMs: number): Promise<boolean> {
    if (holder.keyId === ADMIN.keyId) return true;
    return !hasExpired(holder) && (await this.current(ageMs)).holders.has(holder.keyId);
  }

  /**
   * Finds the holder of a key by the key's id.
   *
   * @param ageMs the greatest age of the known keys, in ms
   * @returns undefined if the key is not known, or is expired or revoked
   * @throws DatabaseUnavailableError
   */
  async holderById(keyId: string, ageMs: number): Promise<KeyHolder | undefined> {
    if (keyId === ADMIN.keyId) return ADMIN;
    const holder = (await this.current(ageMs)).holders.get(keyId)?.holder;
    return holder === undefined || hasExpired(holder) ? undefined : holder;
  }

  /** Call it after a change of keys, so that this process knows it at once. */
  forget(): void {
    this.changes += 1;
    this.snapshot = undefined;
    this.asking.forget();
  }

  private async current(ageMs: number): Promise<Snapshot> {
    const { snapshot, failure } = this;
    const now = Date.now();
    if (snapshot !== undefined && now - snapshot.askedAt < ageMs) return snapshot;
    if (failure !== undefined && now - failure.at < PAUSE_MS) throw failure.error;
    return this.asking.run();
  }

  private async ask(): Promise<Snapshot> {
    const askedAt = Date.now();
    const { changes } = this;
    try {
      const snapshot = { askedAt, holders: holdersOf(await this.repository.known()) };
      // If keys were changed meanwhile, this result is only for callers that asked before the change.
      if (changes === this.changes) this.snapshot = snapshot;
      this.failure = undefined;
      return snapshot;
    } catch (error) {
      this.failure = { at: Date.now(), error };
      throw error;
    }
  }
}

function hasExpired({ expiresAt }: KeyHolder): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}

function holdersOf(keys: readonly KnownKey[]): ReadonlyMap<string, KnownHolder> {
  const families = familiesOf(keys);
  const valid = keys.filter(({ revokedAt }) => revokedAt === null);
  return new Map(valid.map((key) => [key.id, knownHolder(key, families.get(key.id) ?? key.id)]));
}

function knownHolder(key: KnownKey, family: string): KnownHolder {
  const { id: keyId, name, sources, expiresAt, secretHash } = key;
  const scopes = key.scopes.filter(isScope);
  return { holder: { keyId, name, scopes, sources, expiresAt, family }, secretHash };
}

/** The family of each key. A key is created after the key that created it, and ids are in the order of creation. */
function familiesOf(keys: readonly KnownKey[]): ReadonlyMap<string, string> {
  const families = new Map<string, string>();
  const eldestFirst = [...keys].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id, createdBy: maker } of eldestFirst)
    families.set(id, families.get(maker) ?? (maker.startsWith(PERSON) ? maker : id));
  return families;
}
