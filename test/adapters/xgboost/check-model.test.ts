import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkModelBytes } from '#adapters/xgboost/check-model.ts';
import { XgboostError } from '#adapters/xgboost/error.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { pythonModels, readPythonModel, readRefusedModels } from './fixture.ts';
import { xgboost } from './library.ts';

const models: [kind: string, model: Uint8Array][] = [
  ...pythonModels.map((name): [string, Uint8Array] => [name, readPythonModel(name).model]),
  ...readRefusedModels(),
];

// What C does with such bytes is not asked: a cut model makes libxgboost read past its end.
describe.each(models)('the bytes of a %s model', (_, model) => {
  it('pass whole', () => {
    expect(() => checkModelBytes(model)).not.toThrow();
  });

  it('are refused when cut at any length', () => {
    const bytes = Uint8Array.from(model);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => checkModelBytes(bytes.slice(0, length))).toThrow(XgboostError);
    }
  });

  it('are refused with bytes behind them', () => {
    expect(() => checkModelBytes(Buffer.concat([model, Buffer.from('}')]))).toThrow(
      `model: expected one whole UBJSON object, got other bytes at offset ${model.length}`,
    );
  });
});

describe('a model file', () => {
  it.each([
    ['nothing', ''],
    ['a page', '<html></html>'],
    ['JSON', '{"learner":{}}'],
    ['another value than an object', 'L#\x01'],
    ['a length past the end', '{L#\x7fa'],
    ['a negative length', '{L\xff\xff\xff\xff\xff\xff\xff\xffa'],
    ['a typed array past the end', '{L#\x01a[$d\x23L#\x02\0\0\0\0}'],
    ['an untyped counted array past the end', '{L#\x01a[\x23L#\x02T}'],
    ['an array of an unknown type', '{L#\x01a[$x\x23L#\x01\0}'],
    ['a length that leads back', '{L\xff\xff\xff\xff\xff\xff\xff\xf7}'],
    ['a length of another type', '{S#\x01aT}'.replace('#', '\0\0\0\0\0\0\0')],
    ['a typed array without a length', '{L#\x01a[$dXL#\x01\0\0\0\0}'],
    ['a value of an unknown type', '{L#\x01a?}'],
    ['arrays too deep for the stack', `{L#\x01a${'['.repeat(100_000)}`],
  ])('is refused when it is %s', (_, text) => {
    // L# stands for a length whose upper seven bytes are 0.
    const bytes = Buffer.from(text.replace(/L#/g, `L${'\0'.repeat(7)}`), 'latin1');
    expect(() => loadPredictor(xgboost, bytes)).toThrow(XgboostError);
    expect(() => loadPredictor(xgboost, bytes)).toThrow(
      /expected one whole UBJSON object, got other bytes at/,
    );
  });

  it('of random bytes, or with random bytes changed, is passed or refused, never more', () => {
    const model = readPythonModel('categorical').model;
    const change = fc.record({ at: fc.nat(model.length - 1), byte: fc.nat(255) });
    const changed = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
      const bytes = Uint8Array.from(model);
      for (const { at, byte } of changes) bytes[at] = byte;
      return bytes;
    });
    const object = fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.of(123, ...bytes));
    fc.assert(
      fc.property(fc.oneof(changed, object), (bytes) => {
        try {
          checkModelBytes(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(XgboostError);
        }
      }),
    );
  });
});
