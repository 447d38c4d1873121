import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThanOrEqual, Not } from 'typeorm';
import { StoredDelivery, DeliveryBody } from '../../persistence/schema/entities/delivery.entities.js';
import { firstIdOf } from '../../persistence/sql/ids.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { ofVisibleSources, type Viewer } from '../../security/visible-sources.js';

/** Which deliveries. Times are epoch milliseconds, and the range is half-open. */
export interface DeliveryFilter {
  readonly receivedFrom?: number | undefined;
  readonly receivedTo?: number | undefined;
  readonly source?: readonly string[] | undefined;
  readonly via?: readonly string[] | undefined;
  readonly redelivered?: boolean | undefined;
  readonly hasQuarantined?: boolean | undefined;
}

@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /** Returns the deliveries before one, newest first. Ids are in the order of arrival. */
  list(filter: DeliveryFilter, viewer: Viewer, before: string, limit: number): Promise<StoredDelivery[]> {
    return this.database.readEntities((manager) => {
      const deliveries = manager
        .createQueryBuilder(StoredDelivery, 'delivery')
        .where({ id: LessThan(before), ...ofVisibleSources(viewer) });
      const { receivedFrom, receivedTo, source, via, redelivered, hasQuarantined } = filter;
      if (receivedFrom !== undefined) deliveries.andWhere({ id: MoreThanOrEqual(firstIdOf(receivedFrom)) });
      if (receivedTo !== undefined) deliveries.andWhere({ id: LessThan(firstIdOf(receivedTo)) });
      if (source !== undefined) deliveries.andWhere({ source: In(source) });
      if (via !== undefined) deliveries.andWhere({ via: In(via) });
      if (redelivered !== undefined)
        deliveries.andWhere({ redeliveryOf: redelivered ? Not(IsNull()) : IsNull() });
      // The 0 is a constant, not a parameter, so that PostgreSQL uses the partial index.
      if (hasQuarantined !== undefined)
        deliveries.andWhere(`delivery.quarantined ${hasQuarantined ? '>' : '='} 0`);
      return deliveries.orderBy('delivery.id', 'DESC').limit(limit).getMany();
    });
  }

  find(id: string, viewer: Viewer): Promise<StoredDelivery | null> {
    return this.database.findEntity((manager) =>
      manager.findOneBy(StoredDelivery, { id, ...ofVisibleSources(viewer) }),
    );
  }

  /** @param deliveryId a delivery that the asker may see, or the delivery of the same source that it repeats */
  body(deliveryId: string): Promise<DeliveryBody | null> {
    return this.database.findEntity((manager) => manager.findOneBy(DeliveryBody, { deliveryId }));
  }
}
