import { ConflictException, ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { Settings } from '../config/settings.js';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../http/parameters/cursor.js';
import { instantOf } from '../http/parameters/instant-text.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../http/parameters/page.js';
import { InvalidParametersException } from '../http/problems/refusals.js';
import { NONE } from '../numbers/own-numbers.js';
import { Database } from '../persistence/connections/database.js';
import type { Transaction } from '../persistence/connections/statement.js';
import type { StoredWebhook } from '../persistence/schema/entities/webhook.entities.js';
import { PrimaryFeed } from '../query/changes/change-feed.js';
import { BEGINNING, BEYOND, decodePlace, type FeedPlace } from '../query/changes/feed-place.js';
import { KnownKeys } from '../security/api-keys/known-keys.js';
import { type AuditEntry, AuditLog } from '../security/audit/audit-log.js';
import { maskText } from '../security/masking/text-mask.js';
import { type Principal, seesNumbers } from '../security/principal.js';
import { newSecret, SealedSecrets } from './sealed-secrets.js';
import { ClaimRepository, type ClaimedWebhook } from './sending/claim.repository.js';
import { WebhookSender } from './sending/webhook-sender.js';
import { KEY_ENDED, WebhookWorker } from './sending/webhook-worker.js';
import { EVENTS } from './sending/kinds.repository.js';
import { TargetError, targetOf } from './target.js';
import {
  storedFilter,
  DEFAULT_CHANGES,
  type NewWebhookRequest,
  type RewindRequest,
  type WebhookChanges,
} from './webhook-request.dto.js';
import type { NewWebhook, RotatedSecret, WebhookAttemptDto, WebhookDto } from './webhook.dto.js';
import { attemptDto, testedDto, webhookDto } from './webhook-views.js';
import { WebhookRepository } from './webhook.repository.js';

/** How long an earlier secret still signs. */
const EARLIER_MS = 86_400_000;
/** A test waits so long for the request that is under way. */
const TEST_PATIENCE_MS = 11_000;
const TEST_LOOK_MS = 100;
const PAUSED = 'Paused by request';
const MISSING = 'There is no webhook with this id';
const NO_NUMBERS =
  'This webhook sends full numbers. Without the scope numbers:read, you can only pause or delete it.';
/** What ends the tries of the request that is under way. */
const NO_MESSAGE = {
  ...{ messageId: null, messageHash: null, messageAt: null },
  ...{ messageChanges: null, messagePosition: null, messageCallId: null },
} as const;

type Change = Pick<AuditEntry, 'action' | 'detail'>;

/** Lists, makes and changes webhooks. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly webhooks: WebhookRepository,
    private readonly claims: ClaimRepository,
    private readonly secrets: SealedSecrets,
    private readonly keys: KnownKeys,
    private readonly audit: AuditLog,
    private readonly feed: PrimaryFeed,
    private readonly worker: WebhookWorker,
    private readonly sender: WebhookSender,
  ) {}

  /** @throws InvalidParametersException if the cursor is not valid */
  async list({ limit = DEFAULT_LIMIT, cursor }: PageQuery, asker: Principal): Promise<Page<WebhookDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'webhooks');
    const rows = await this.webhooks.list(asker.sources, before, limit + 1);
    const lags = await this.webhooks.lags(rows.map(({ id }) => id));
    const fingerprint = this.secrets.fingerprint();
    return pageOf(
      rows.map((row) => webhookDto(row, lags.get(row.id), fingerprint)),
      limit,
      ({ id }) => encodeCursor('webhooks', [id]),
    );
  }

  /** @throws NotFoundException */
  async find(id: string, asker: Principal): Promise<WebhookDto> {
    return this.viewOf(found(isUuid(id) ? await this.webhooks.find(id, asker.sources) : null));
  }

  /**
   * @throws InvalidParametersException if the URL or the place to begin at is wrong
   * @throws ForbiddenException if the asker may not see the numbers that it is to send
   */
  async create(request: NewWebhookRequest, asker: Principal): Promise<NewWebhook> {
    const { name, numbers = 'masked' } = request;
    const url = this.urlOf(request.url);
    if (numbers === 'full' && !seesNumbers(asker))
      throw new ForbiddenException(
        'This API key lacks the scope numbers:read, so its webhooks send masked numbers',
      );
    const place = await this.startOf(request.startAt);
    const [id, secret, now] = [uuidv7(), newSecret(), new Date()];
    const { sealed, sealedWith } = this.secrets.seal(secret, id);
    const entry: StoredWebhook = {
      ...{ id, name, url, numbers, ...place, createdAt: now, dueAt: now, sealedWith, sealedSecret: sealed },
      events: request.events ?? [...EVENTS],
      filter: storedFilter(request.filter ?? {}),
      fields: request.fields ?? null,
      maxChanges: request.maxChanges ?? DEFAULT_CHANGES,
      keyId: asker.keyId,
      sources: asker.sources === null ? null : [...asker.sources],
      ...{ state: 'active', reason: null, sealedEarlier: null, earlierUntil: null, round: 0, ...NO_MESSAGE },
      ...{ holder: null, heldUntil: null, failures: 0, failingSince: null },
      ...{ lastSuccessAt: null, lastFailure: null },
    };
    const made = await this.database.transaction(async (transaction) => {
      const detail = { id, name: maskText(name, NONE), host: new URL(url).host, numbers };
      await this.audit.recordIn(transaction, { action: 'webhook.created', by: asker, detail, rows: null });
      return this.webhooks.insert(transaction, entry);
    });
    this.sender.look();
    return { ...(await this.viewOf(made)), secret };
  }

  /**
   * @throws NotFoundException, InvalidParametersException, ForbiddenException
   * @throws ConflictException if it is to be active, and the key that made it is not valid any more
   */
  async change(id: string, request: WebhookChanges, asker: Principal): Promise<WebhookDto> {
    const { filter, fields, state } = request;
    const url = request.url === undefined ? undefined : this.urlOf(request.url);
    const onlyPauses =
      state === 'paused' && url === undefined && filter === undefined && fields === undefined;
    const changed = Object.keys(request).filter((name) => Reflect.get(request, name) !== undefined);
    const isActive = state === undefined ? {} : { state, reason: state === 'active' ? null : PAUSED };
    return this.write(id, asker, onlyPauses, async (webhook) => {
      if (state === 'active') await this.refuseWithoutKey(webhook);
      const changes: Partial<StoredWebhook> = {
        ...(url !== undefined && { url }),
        ...(filter !== undefined && { filter: storedFilter(filter) }),
        ...(fields !== undefined && { fields }),
        ...isActive,
        ...{ failures: 0, failingSince: null, dueAt: new Date(), round: webhook.round + 1 },
      };
      const host = url === undefined ? {} : { host: new URL(url).host };
      return { changes, audit: { action: 'webhook.changed', detail: { id, changed, state, ...host } } };
    });
  }

  /** Makes a new secret. The earlier one signs, too, for a day. */
  async rotate(id: string, asker: Principal): Promise<RotatedSecret> {
    const secret = newSecret();
    const earlierUntil = new Date(Date.now() + EARLIER_MS);
    await this.write(id, asker, false, (webhook) => {
      const { sealed: sealedSecret, sealedWith } = this.secrets.seal(secret, webhook.id);
      const isSame = webhook.sealedWith.equals(sealedWith);
      // What was sealed with another key can't be opened any more.
      const earlier = isSame
        ? { sealedEarlier: webhook.sealedSecret, earlierUntil }
        : { sealedEarlier: null };
      return Promise.resolve({
        changes: { sealedSecret, sealedWith, ...earlier },
        audit: { action: 'webhook.secretRotated', detail: { id } },
      });
    });
    return { secret, earlierUntil: earlierUntil.toISOString() };
  }

  /** @throws InvalidParametersException if it is not either a cursor or a time */
  async rewind(id: string, { cursor, time }: RewindRequest, asker: Principal): Promise<WebhookDto> {
    if ((cursor === undefined) === (time === undefined)) {
      const message = 'is needed, or time: either of them';
      throw new InvalidParametersException([{ path: cursor === undefined ? 'cursor' : 'time', message }]);
    }
    const place = cursor === undefined ? await this.placeAt(time ?? '') : await this.known(cursor, 'cursor');
    return this.write(id, asker, false, ({ round }) =>
      Promise.resolve({
        changes: {
          ...place,
          ...NO_MESSAGE,
          failures: 0,
          failingSince: null,
          dueAt: new Date(),
          round: round + 1,
        },
        audit: { action: 'webhook.rewound', detail: { id, ...(time !== undefined && { time }) } },
      }),
    );
  }

  /**
   * Sends a request without changes, and waits for its answer.
   *
   * @throws NotFoundException, ForbiddenException
   * @throws ConflictException if another request is under way
   */
  async test(id: string, asker: Principal): Promise<WebhookAttemptDto> {
    const webhook = found(isUuid(id) ? await this.webhooks.find(id, asker.sources) : null);
    refuseUnseen(webhook, asker);
    const claimed = await this.claimed(id);
    if (claimed === undefined)
      throw new ConflictException('Another request to it is under way, or its secret can not be opened');
    return testedDto(uuidv7(), await this.worker.test(claimed));
  }

  /** @throws NotFoundException */
  async attempts(
    id: string,
    { limit = DEFAULT_LIMIT, cursor }: PageQuery,
    asker: Principal,
  ): Promise<Page<WebhookAttemptDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'attempts');
    const webhook = found(isUuid(id) ? await this.webhooks.find(id, asker.sources) : null);
    const rows = await this.webhooks.attempts(webhook.id, before, limit + 1);
    return pageOf(rows.map(attemptDto), limit, (last) => encodeCursor('attempts', [last.id]));
  }

  /** @throws NotFoundException */
  async remove(id: string, asker: Principal): Promise<void> {
    if (!isUuid(id)) throw new NotFoundException(MISSING);
    await this.database.transaction(async (transaction) => {
      found(await this.webhooks.findToChange(transaction, id, asker.sources));
      await this.webhooks.remove(transaction, id);
      const event = { action: 'webhook.deleted', by: asker, detail: { id }, rows: null } as const;
      await this.audit.recordIn(transaction, event);
    });
  }

  private async write(
    id: string,
    asker: Principal,
    mayBeBlind: boolean,
    work: (webhook: StoredWebhook) => Promise<{ changes: Partial<StoredWebhook>; audit: Change }>,
  ): Promise<WebhookDto> {
    if (!isUuid(id)) throw new NotFoundException(MISSING);
    const changed = await this.database.transaction(async (transaction: Transaction) => {
      const webhook = found(await this.webhooks.findToChange(transaction, id, asker.sources));
      if (!mayBeBlind) refuseUnseen(webhook, asker);
      const { changes, audit } = await work(webhook);
      await this.audit.recordIn(transaction, { ...audit, by: asker, rows: null });
      return this.webhooks.update(transaction, id, changes);
    });
    this.sender.look();
    return this.viewOf(changed);
  }

  private async viewOf(webhook: StoredWebhook): Promise<WebhookDto> {
    const lags = await this.webhooks.lags([webhook.id]);
    return webhookDto(webhook, lags.get(webhook.id), this.secrets.fingerprint());
  }

  private async claimed(id: string): Promise<ClaimedWebhook | undefined> {
    const fingerprint = this.secrets.fingerprint();
    const end = performance.now() + TEST_PATIENCE_MS;
    for (;;) {
      const claimed = await this.claims.claimOne(id, fingerprint);
      if (claimed !== undefined || performance.now() > end) return claimed;
      await wait(TEST_LOOK_MS);
    }
  }

  private async refuseWithoutKey({ keyId }: StoredWebhook): Promise<void> {
    if ((await this.keys.holderById(keyId, 0)) === undefined)
      throw new ConflictException(`${KEY_ENDED}. Make a new webhook with a valid key.`);
  }

  private urlOf(text: string): string {
    try {
      return targetOf(text, this.settings.webhookHosts).href;
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      throw new InvalidParametersException([{ path: 'url', message: error.message }]);
    }
  }

  private async startOf(startAt: string | undefined): Promise<FeedPlace> {
    if (startAt === undefined || startAt === 'now') return this.feed.end();
    if (startAt === 'beginning') return BEGINNING;
    return this.known(startAt, 'startAt');
  }

  private async known(cursor: string, path: string): Promise<FeedPlace> {
    const place = decodePlace(cursor, path);
    if (await this.feed.isBeyond(place)) throw new InvalidParametersException([{ path, message: BEYOND }]);
    return place;
  }

  private async placeAt(time: string): Promise<FeedPlace> {
    return this.webhooks.placeOf(instantOf(time, this.settings.pushTimeZone), await this.feed.end());
  }
}

function found(webhook: StoredWebhook | null): StoredWebhook {
  if (webhook === null) throw new NotFoundException(MISSING);
  return webhook;
}

/** Who changes the URL of a webhook gets what it sends. */
function refuseUnseen({ numbers }: StoredWebhook, asker: Principal): void {
  if (numbers === 'full' && !seesNumbers(asker)) throw new ForbiddenException(NO_NUMBERS);
}
