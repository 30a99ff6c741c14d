import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { XgboostError } from '#adapters/xgboost/error.ts';
import { openXgboost, type Xgboost } from '#adapters/xgboost/library.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { matrix, readPythonModel } from './fixture.ts';
import { libraryPath, xgboost } from './library.ts';

describe('openXgboost', () => {
  it.each([
    [
      'a file that is not there',
      '/nowhere/libxgboost.so',
      '/nowhere/libxgboost.so: expected libxgboost, got ',
    ],
    ['a file that is no library', import.meta.filename, 'library.test.ts: expected libxgboost, got '],
  ])('refuses %s', (_, path, message) => {
    expect(() => openXgboost(path)).toThrow(XgboostError);
    expect(() => openXgboost(path)).toThrow(message);
  });
});

describe("OpenMP's threads", () => {
  // A process of its own says what C reads: OpenMP asks C's environment once, when it is loaded.
  const policyOf = (environment: Record<string, string>) => {
    const library = join(import.meta.dirname, '../../../lib/adapters/xgboost/library.ts');
    const script = `
      const { openXgboost } = await import(${JSON.stringify(library)});
      openXgboost(${JSON.stringify(libraryPath)});
      const { default: koffi } = await import('koffi');
      console.log(koffi.load(null).func('getenv', 'str', ['str'])('OMP_WAIT_POLICY'));`;
    const { OMP_WAIT_POLICY: _, ...inherited } = process.env;
    const options = { env: { ...inherited, ...environment }, encoding: 'utf8' } as const;
    const parameters = ['--import', 'tsx', '--input-type=module', '-e', script];
    return spawnSync(process.execPath, parameters, options).stdout.trim();
  };

  it('sleep while they wait, so that a busy machine does not stall training', () => {
    expect(policyOf({})).toBe('PASSIVE');
  });

  it('wait as the environment says when it does', () => {
    expect(policyOf({ OMP_WAIT_POLICY: 'ACTIVE' })).toBe('ACTIVE');
  });
});

describe('memory of C', () => {
  const { request, model, asked } = readPythonModel('categorical');
  const row = matrix(asked.values.subarray(0, asked.columns), asked.columns);

  it.each<[what: string, use: (counted: Xgboost) => void]>([
    [
      'training',
      (counted) =>
        trainSync(counted, { ...request, parameters: { ...request.parameters, rounds: 2, threads: 1 } }),
    ],
    [
      'predicting',
      (counted) => {
        const predictor = loadPredictor(counted, model);
        try {
          predictor.margins(row);
          predictor.contributions(row);
        } finally {
          predictor.close();
        }
      },
    ],
  ])('is freed once %s is done, and whichever call fails', (_, use) => {
    const whole = counting(Infinity);
    use(whole);
    expect(whole.open()).toBe(0);
    for (let call = 1; call <= whole.calls(); call++) {
      const failing = counting(call);
      expect(() => use(failing)).toThrow('out of memory');
      expect([call, failing.open()]).toEqual([call, 0]);
    }
  });
});

/** Counts handles; the `failingCall`th call that frees nothing throws instead. */
function counting(failingCall: number): Xgboost & { open: () => number; calls: () => number } {
  let open = 0;
  let calls = 0;
  return {
    version: xgboost.version,
    call(name, ...parameters) {
      const frees = name.endsWith('Free');
      if (!frees && ++calls === failingCall) throw new XgboostError('out of memory');
      xgboost.call(name, ...parameters);
      if (frees) open--;
      else if (/Create|Slice/.test(name)) open++;
    },
    open: () => open,
    calls: () => calls,
  };
}
