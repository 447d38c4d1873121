import { type DynamicModule, Module } from '@nestjs/common';
import { CompletenessModule } from './completeness/completeness.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { ConnectionDrain } from './http/connections/connection-drain.js';
import { HealthModule } from './health/health.module.js';
import { IngestionModule } from './ingestion/ingestion.module.js';
import { RequestWatch } from './http/connections/request-watch.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { TracingModule } from './tracing/tracing.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { PeopleModule } from './people/people.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { RecordingsModule } from './recordings/recordings.module.js';
import { QuarantineModule } from './quarantine/quarantine.module.js';
import { QueryModule } from './query/query.module.js';
import { ApiKeysModule } from './security/api-keys/api-keys.module.js';
import { ConsoleModule } from './console/console.module.js';
import { AuditModule } from './security/audit/audit.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { StatusModule } from './status/status.module.js';

/** The root module, with all modules of the service. */
@Module({ providers: [ConnectionDrain, RequestWatch] })
export class AppModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(settings),
        PersistenceModule,
        IngestionModule,
        QuarantineModule,
        QueryModule,
        PrivacyModule,
        RecordingsModule,
        CompletenessModule,
        WebhooksModule,
        ApiKeysModule,
        PeopleModule,
        AuditModule,
        HealthModule,
        MetricsModule,
        StatusModule,
        ConsoleModule,
        TracingModule,
      ],
    };
  }
}
