// A question about deliveries in, its answer out.
import { GoneException, Injectable, NotFoundException } from '@nestjs/common';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { validate as isUuid } from 'uuid';
import { Settings } from '../../config/settings.js';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../../http/cursor.js';
import { instantOf } from '../../http/instant-text.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/page.js';
import type { Principal } from '../../security/principal.js';
import type { DeliveryDto, DeliveryQuery } from './delivery.dto.js';
import { DeliveryRepository, type DeliveryRow } from './delivery.repository.js';

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
    return deliveryDto(await this.row(id, asker));
  }

  /**
   * The bytes of a push after decompression; those of a redelivery are kept with the delivery that it repeats.
   *
   * @throws NotFoundException
   * @throws GoneException when they are not kept any more
   */
  async body(id: string, asker: Principal): Promise<Buffer> {
    const { redelivery_of: first } = await this.row(id, asker);
    const stored = await this.deliveries.body(first ?? id);
    if (stored === undefined) throw new GoneException('The body is not kept any more');
    return stored.encoding === 'gzip' ? decompress(stored.body) : stored.body;
  }

  private async row(id: string, asker: Principal): Promise<DeliveryRow> {
    const row = isUuid(id) ? await this.deliveries.find(id, asker) : undefined;
    if (row === undefined) throw new NotFoundException('There is no delivery with this id');
    return row;
  }
}

function deliveryDto(row: DeliveryRow): DeliveryDto {
  return {
    id: row.id,
    source: row.source,
    receivedAt: row.received_at.toISOString(),
    remoteAddress: row.remote_address,
    sha256: row.sha256.toString('hex'),
    bytes: row.bytes,
    records: row.records,
    stored: row.stored,
    corrected: row.corrected,
    duplicate: row.duplicate,
    quarantined: row.quarantined,
    via: row.via,
    ackMs: row.ack_ms,
    redeliveryOf: row.redelivery_of,
  };
}
