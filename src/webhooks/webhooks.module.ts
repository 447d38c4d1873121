import { Module } from '@nestjs/common';
import { QueryModule } from '../query/query.module.js';
import { SecurityModule } from '../security/security.module.js';
import { SealedSecrets } from './sealed-secrets.js';
import { ClaimRepository } from './sending/claim.repository.js';
import { FeedReader } from './sending/feed-reader.js';
import { KindsRepository } from './sending/kinds.repository.js';
import { Messages } from './sending/message.js';
import { WebhookSender } from './sending/webhook-sender.js';
import { WebhookWorker } from './sending/webhook-worker.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Sends changes of calls to the URLs of others. */
@Module({
  imports: [SecurityModule, QueryModule],
  controllers: [WebhooksController],
  providers: [
    WebhooksService,
    WebhookRepository,
    SealedSecrets,
    ClaimRepository,
    KindsRepository,
    FeedReader,
    Messages,
    WebhookWorker,
    WebhookSender,
  ],
})
export class WebhooksModule {}
