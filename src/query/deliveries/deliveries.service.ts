import { GoneException, Injectable, NotFoundException } from '@nestjs/common';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { validate as isUuid } from 'uuid';
import { bytesWithoutSignatures } from '../../json/signed-urls.js';
import { Settings } from '../../config/settings.js';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../../http/parameters/cursor.js';
import { instantOf } from '../../http/parameters/instant-text.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { Principal } from '../../security/principal.js';
import type { StoredDelivery } from '../../persistence/schema/entities/delivery.entities.js';
import type { DeliveryDto, DeliveryQuery } from './delivery.dto.js';
import { DeliveryRepository } from './delivery.repository.js';

const decompress = promisify(gunzip);

@Injectable()
export class DeliveriesService {
  constructor(
    private readonly settings: Settings,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** @throws InvalidParametersException */
  async list(query: DeliveryQuery, asker: Principal): Promise<Page<DeliveryDto>> {
    const { limit = DEFAULT_LIMIT, cursor, timeZone = this.settings.pushTimeZone } = query;
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'deliveries');
    const time = (text: string | undefined) => (text === undefined ? undefined : instantOf(text, timeZone));
    const times = { receivedFrom: time(query.receivedFrom), receivedTo: time(query.receivedTo) };
    const rows = await this.deliveries.list({ ...query, ...times }, asker, before, limit + 1);
    return pageOf(rows.map(deliveryDto), limit, (last) => encodeCursor('deliveries', [last.id]));
  }

  /** @throws NotFoundException */
  async find(id: string, asker: Principal): Promise<DeliveryDto> {
    return deliveryDto(await this.delivery(id, asker));
  }

  /**
   * Returns the bytes of a push after decompression, without the signatures of URLs. The body of a redelivery is kept with the delivery that it
   * repeats.
   *
   * @throws NotFoundException
   * @throws GoneException when they are not kept any more
   */
  async body(id: string, asker: Principal): Promise<Buffer> {
    const { redeliveryOf: first } = await this.delivery(id, asker);
    const stored = await this.deliveries.body(first ?? id);
    if (stored === null) throw new GoneException('The body is not kept any more');
    const body = stored.encoding === 'gzip' ? await decompress(stored.body) : stored.body;
    return bytesWithoutSignatures(body);
  }

  private async delivery(id: string, asker: Principal): Promise<StoredDelivery> {
    const delivery = isUuid(id) ? await this.deliveries.find(id, asker) : null;
    if (delivery === null) throw new NotFoundException('There is no delivery with this id');
    return delivery;
  }
}

function deliveryDto(delivery: StoredDelivery): DeliveryDto {
  return {
    id: delivery.id,
    source: delivery.source,
    receivedAt: delivery.receivedAt.toISOString(),
    remoteAddress: delivery.remoteAddress,
    sha256: delivery.sha256.toString('hex'),
    bytes: delivery.bytes,
    records: delivery.records,
    stored: delivery.stored,
    corrected: delivery.corrected,
    duplicate: delivery.duplicate,
    quarantined: delivery.quarantined,
    via: delivery.via,
    ackMs: delivery.ackMs,
    redeliveryOf: delivery.redeliveryOf,
  };
}
