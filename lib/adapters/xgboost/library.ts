import koffi, { type LibraryHandle } from 'koffi';
import type { Matrix } from '#ports/trainer.ts';
import { XgboostError } from './error.ts';

/** A DMatrix or Booster in C. */
export type Handle = bigint;

const Next = koffi.pointer(koffi.proto('int (void *iterator)'));
const Reset = koffi.pointer(koffi.proto('void (void *iterator)'));
const Text = 'str';
const Pointer = 'void *';
const Size = 'uint64_t';
const outPointer = koffi.out(koffi.pointer('void *'));
const outSize = koffi.out(koffi.pointer('uint64_t'));
const outInt = koffi.out(koffi.pointer('int'));
const outText = koffi.out(koffi.pointer('str'));
const texts = koffi.pointer('str');
const handles = koffi.pointer('void *');

// The part of xgboost/c_api.h that is used: parameter types by function, in its order.
const functions = {
  XGProxyDMatrixCreate: [outPointer],
  XGProxyDMatrixSetDataColumnar: [Pointer, Text],
  XGQuantileDMatrixCreateFromCallback: [Pointer, Pointer, Pointer, Reset, Next, Text, outPointer],
  XGDMatrixCreateFromDense: [Text, Text, outPointer],
  XGDMatrixSetInfoFromInterface: [Pointer, Text, Text],
  XGDMatrixSetStrFeatureInfo: [Pointer, Text, texts, Size],
  XGDMatrixFree: [Pointer],
  XGBoosterCreate: [handles, Size, outPointer],
  XGBoosterSetStrFeatureInfo: [Pointer, Text, texts, Size],
  XGBoosterSetParam: [Pointer, Text, Text],
  XGBoosterUpdateOneIter: [Pointer, 'int', Pointer],
  XGBoosterEvalOneIter: [Pointer, 'int', handles, texts, Size, outText],
  XGBoosterBoostedRounds: [Pointer, outInt],
  XGBoosterSlice: [Pointer, 'int', 'int', 'int', outPointer],
  XGBoosterSaveModelToBuffer: [Pointer, Text, outSize, outPointer],
  XGBoosterSaveJsonConfig: [Pointer, outSize, outText],
  XGBoosterLoadModelFromBuffer: [Pointer, Pointer, Size],
  XGBoosterGetNumFeature: [Pointer, outSize],
  XGBoosterPredictFromDense: [Pointer, Text, Text, Pointer, outPointer, outSize, outPointer],
  XGBoosterPredictFromDMatrix: [Pointer, Pointer, Text, outPointer, outSize, outPointer],
  XGBoosterFree: [Pointer],
};

/** libxgboost, opened. Synchronous: a call holds its thread until C returns. */
export interface Xgboost {
  /** Such as `3.2.0`. */
  readonly version: string;
  /** Calls a function of xgboost/c_api.h. @throws XgboostError with libxgboost's text when it fails */
  call(name: keyof typeof functions, ...parameters: readonly unknown[]): void;
}

/**
 * Opens libxgboost; libgomp must be where its rpath says.
 * @param libraryPath libxgboost.so or libxgboost.dylib, 3.x
 * @throws XgboostError when the file is not that library
 */
export function openXgboost(libraryPath: string): Xgboost {
  waitAsleep();
  try {
    const library = koffi.load(libraryPath);
    const lastError = library.func('XGBGetLastError', 'str', []);
    const bound = new Map(
      Object.entries(functions).map(([name, parameters]) => [name, library.func(name, 'int', parameters)]),
    );
    return {
      version: readVersion(library),
      call(name, ...parameters) {
        if (bound.get(name)?.(...parameters) === 0) return;
        throw new XgboostError(`${name}: ${withoutStack(lastError())}`);
      },
    };
  } catch (error) {
    throw new XgboostError(`${libraryPath}: expected libxgboost, got ${(error as Error).message}`);
  }
}

/**
 * Lets OpenMP's threads sleep where they wait for each other, unless the environment says otherwise:
 * with endless spinning, its default, two threads on two busy cores train fifteen times slower than one.
 * A moment of it, some tens of microseconds, saves an idle machine a twentieth of the time and costs a busy
 * one nothing that was seen. Read once, when libgomp is loaded; a worker's own environment does not reach it.
 */
export function waitAsleep(): void {
  if (process.env.OMP_WAIT_POLICY !== undefined) return;
  process.env.OMP_WAIT_POLICY = 'PASSIVE';
  process.env.GOMP_SPINCOUNT ??= '20000';
}

/** Runs `work`, then frees every handle it kept, the newest first, also when it throws. */
export function withHandles<T>(xgboost: Xgboost, work: (keep: Keep) => T): T {
  const kept: { handle: Handle; free: Free }[] = [];
  try {
    return work((free, create) => {
      const handle = output<Handle>(create);
      kept.push({ handle, free });
      return handle;
    });
  } finally {
    for (const { handle, free } of kept.reverse()) xgboost.call(free, handle);
  }
}

/** Creates a handle with a call that writes it to `out`, to be freed by `free` at the end. */
export type Keep = (free: Free, create: (out: unknown[]) => void) => Handle;
type Free = 'XGDMatrixFree' | 'XGBoosterFree';

/** What a call writes to its out parameter. */
export function output<T>(call: (out: unknown[]) => void): T {
  const out: unknown[] = [null];
  call(out);
  return out[0] as T;
}

/** A float32 array in JavaScript's memory as C's `__array_interface__`: an address, not a copy. */
export function arrayInterface(values: Float32Array, shape: readonly number[]): string {
  return describeMemory(koffi.address(values), shape, null);
}

/** Each column of a row-major matrix as C's `__array_interface__`, in place. */
export function columnInterfaces({ rows, columns, values }: Matrix): string {
  const start = koffi.address(values);
  const width = Float32Array.BYTES_PER_ELEMENT;
  const column = (index: number) => describeMemory(start + BigInt(index * width), [rows], [columns * width]);
  return `[${Array.from({ length: columns }, (_, index) => column(index))}]`;
}

function describeMemory(
  address: bigint,
  shape: readonly number[],
  strides: readonly number[] | null,
): string {
  const steps = strides && `[${strides}]`;
  return `{"data":[${address},true],"shape":[${shape}],"strides":${steps},"typestr":"<f4","version":3}`;
}

/** A copy of memory that belongs to C: it is gone with the next call. */
export function copyFloats(address: bigint, length: number): Float32Array {
  return koffi.decode(address, 'float', length);
}

/** A copy of memory that belongs to C: it is gone with the next call. */
export function copyBytes(address: bigint, length: number): Uint8Array {
  return koffi.decode(address, 'uint8_t', length);
}

function readVersion(library: LibraryHandle): string {
  const numbers = [[0], [0], [0]];
  library.func('XGBoostVersion', 'void', [outInt, outInt, outInt])(...numbers);
  return numbers.join('.');
}

function withoutStack(text: string): string {
  return text.split('\nStack trace:')[0]?.trim() ?? text;
}
