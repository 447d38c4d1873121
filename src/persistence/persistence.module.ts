import { Global, Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { dataSourceOptions } from './connections/data-source-options.js';
import { DatabaseLifecycle } from './connections/database-lifecycle.js';
import { Database } from './connections/database.js';
import { ClusterNodes } from './schema/distribution/cluster-nodes.js';
import { LeaseRepository } from './leases/lease.repository.js';
import { ReadingDatabase } from './connections/reading-database.js';
import { Replica } from './connections/replica.js';

/** The connections to the database, its schema, and the embedded server if there is one. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => {
        const logger = new Logger('Database');
        const options = dataSourceOptions(settings.databaseUrl, settings.databasePoolSize, (error) => {
          logger.warn(`a connection broke: ${errorText(error)}`);
        });
        // DatabaseLifecycle connects later. Without a database, the service must start too and say that it is not
        // ready.
        return { ...options, manualInitialization: true };
      },
    }),
  ],
  providers: [Database, DatabaseLifecycle, ClusterNodes, ReadingDatabase, Replica, LeaseRepository],
  exports: [Database, DatabaseLifecycle, ClusterNodes, ReadingDatabase, Replica, LeaseRepository],
})
export class PersistenceModule {}
