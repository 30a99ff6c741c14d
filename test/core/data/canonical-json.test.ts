import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/data/canonical-json.ts';

describe('canonicalJson', () => {
  it('writes the same text whatever order the members were set in', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"x","d":null}]}',
    );
  });

  // RFC 8785, 3.2.3, without its escapes: members sort by UTF-16 code unit, so U+10000 comes before U+FB33.
  it('sorts members by UTF-16 code unit, as RFC 8785 does', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, '\u20ac': 3, '1': 4, '\r': 5 })).toBe(
      '{"\\r":5,"1":4,"\u20ac":3,"\u{1f600}":2,"\ufb33":1}',
    );
  });

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [1n], [() => 1]])(
    'refuses %s, which has no JSON form',
    (value) => {
      expect(() => canonicalJson([value])).toThrow(/has no JSON form/);
    },
  );
});
