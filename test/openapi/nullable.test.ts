import { describe, expect, it } from 'vitest';
import { withNullTypes } from '../../src/openapi/document-passes.js';

const REFERENCE = { $ref: '#/components/schemas/Call' };

/** The schema as it stands in the description. */
function described(schema: object): unknown {
  const document = { openapi: '3.1.0', info: { title: '', version: '' }, paths: {} };
  const { components } = withNullTypes({ ...document, components: { schemas: { Any: { ...schema } } } });
  return components?.schemas?.['Any'];
}

describe('What Nest calls nullable', () => {
  it.each<[what: string, given: object, expected: object]>([
    ['a type', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'several types',
      { type: ['string', 'integer'], nullable: true },
      { type: ['string', 'integer', 'null'] },
    ],
    [
      'a choice',
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['another schema', { allOf: [REFERENCE], nullable: true }, { anyOf: [REFERENCE, { type: 'null' }] }],
    ['nothing', { type: 'string', nullable: false }, { type: 'string' }],
    [
      'a property',
      { properties: { a: { type: 'string', nullable: true } } },
      { properties: { a: { type: ['string', 'null'] } } },
    ],
  ])('as %s may be null', (_what, given, expected) => {
    expect(described(given)).toEqual(expected);
  });
});
