import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOfPrediction, predictionId } from '#core/serve/prediction-id.ts';

const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
const instant = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('predictionId', () => {
  it('is the example of RFC 9562, appendix A.6', () => {
    const bytes = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(predictionId(0x017f22e279b0, bytes)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('says when it was made', () => {
    fc.assert(
      fc.property(instant, random, (now, bytes) => {
        expect(instantOfPrediction(predictionId(now, bytes))).toBe(now);
      }),
    );
  });

  it('sorts by when it was made', () => {
    fc.assert(
      fc.property(instant, instant, random, random, (a, b, one, other) => {
        fc.pre(a < b);
        expect(predictionId(a, one) < predictionId(b, other)).toBe(true);
      }),
    );
  });

  it.each(['', 'x', '00000000-0000-4000-8000-000000000000', '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f'])(
    'takes %j for no id of a prediction',
    (id) => expect(instantOfPrediction(id)).toBeUndefined(),
  );
});
