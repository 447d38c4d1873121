import type { CampaignOptions } from './campaign-options.js';
import { Purpose, type Random, type RandomStreams } from './random.js';

/**
 * Unusual but legal forms of a record, as they occur in similar messages of the vendor. The ledger must not lose a
 * record because of them.
 */
export interface Oddities {
  readonly integersAsText: boolean;
  /** Ids of 16 to 19 digits as JSON numbers, beyond 2^53. */
  readonly idsAsNumbers: boolean;
  readonly epochTimes: boolean;
  readonly nullAs: 'null' | 'empty' | 'missing';
  readonly newFields: boolean;
  readonly unknownCodes: boolean;
}

const NONE: Oddities = {
  integersAsText: false,
  idsAsNumbers: false,
  epochTimes: false,
  nullAs: 'null',
  newFields: false,
  unknownCodes: false,
};

function draw(random: Random): Oddities {
  const drawn: Oddities = {
    integersAsText: random.chance(0.4),
    idsAsNumbers: random.chance(0.4),
    epochTimes: random.chance(0.4),
    nullAs: random.pick(['null', 'empty', 'missing']),
    newFields: random.chance(0.4),
    unknownCodes: random.chance(0.2),
  };
  const any = drawn.integersAsText || drawn.idsAsNumbers || drawn.epochTimes || drawn.newFields;
  return any || drawn.unknownCodes || drawn.nullAs !== 'null' ? drawn : { ...drawn, idsAsNumbers: true };
}

/** Draws the oddities of each call. A call keeps them in every version, because its ids depend on them. */
export class OddityDraw {
  constructor(
    private readonly options: CampaignOptions,
    private readonly streams: RandomStreams,
  ) {}

  /** Returns undefined for an ordinary call. */
  strange(call: number): Oddities | undefined {
    if (this.options.strange === 0) return undefined;
    const random = this.streams.stream(Purpose.Oddity, call);
    return random.chance(this.options.strange) ? draw(random) : undefined;
  }

  of(call: number): Oddities {
    return this.strange(call) ?? NONE;
  }
}
