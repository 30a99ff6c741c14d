import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Datatype } from '#core/inference/datatype.ts';
import { readInferRequest } from '#core/inference/read-infer-request.ts';
import { requestRows } from '#core/inference/request-rows.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { inferBody, type Tensor, tensorBytes, withBinary } from '#test/support/infer-body.ts';
import { problemsOf } from '#test/support/problems.ts';
import { tripsLate } from '#test/support/trips.ts';

const signature = signatureOf(tripsLate(), { city: ['north'], kind: [] });
const city: Tensor = { name: 'city', datatype: 'BYTES', values: ['north', 'south'] };
const km: Tensor = { name: 'km', datatype: 'FP64', values: [5, 6.5] };
const NONE = new Uint8Array();

/** Reads a body as its headers say. */
function read({ headers, body }: ReturnType<typeof inferBody>) {
  const length = Number(headers['inference-header-content-length'] ?? body.length);
  return readInferRequest(
    JSON.parse(Buffer.from(body.subarray(0, length)).toString()),
    body.subarray(length),
  );
}

const rowsOf = (tensors: readonly Tensor[]) => requestRows(signature, read(inferBody(tensors)));
const refused = (header: unknown, binary: Uint8Array = NONE) =>
  problemsOf('InvalidInputError', () => requestRows(signature, readInferRequest(header, binary)));
const refusedTensors = (...tensors: readonly Tensor[]) =>
  problemsOf('InvalidInputError', () => rowsOf(tensors));
const input = (changes: object) => ({
  inputs: [{ name: 'city', shape: [2], datatype: 'BYTES', data: ['north', 'south'], ...changes }],
});

describe('a request of the Open Inference Protocol', () => {
  it('brings the rows that our own protocol would, a tensor a column', () => {
    const tensors = [
      city,
      km,
      { name: 'express', datatype: 'BOOL', values: [true, false] },
      { name: 'at', datatype: 'BYTES', values: ['2013-01-01T05:00:00Z', '2013-01-01T06:00:00+01:00'] },
      { name: 'id', datatype: 'INT64', values: [1, 2] },
    ];
    const binary = tensors.map((tensor) => ({ ...tensor, binary: true }));
    for (const sent of [tensors, binary, [...tensors.slice(0, 2), ...binary.slice(2)]]) {
      expect(rowsOf(sent)).toEqual([
        { city: 'north', km: 5, express: true, at: Date.UTC(2013, 0, 1, 5), id: 1, kind: null, mm: null },
        { city: 'south', km: 6.5, express: false, at: Date.UTC(2013, 0, 1, 5), id: 2, kind: null, mm: null },
      ]);
    }
  });

  it('may shape a column as [rows, 1], flat or nested', () => {
    const shape = [2, 1];
    for (const data of [
      ['north', 'south'],
      [['north'], ['south']],
    ]) {
      expect(requestRows(signature, readInferRequest(input({ shape, data }), NONE))).toMatchObject([
        { city: 'north' },
        { city: 'south' },
      ]);
    }
  });

  it('says that a value is missing by leaving the input out, by null, or by NaN', () => {
    const missing = { name: 'km', datatype: 'FP32', values: [null, 1.5] };
    for (const binary of [true, false]) {
      expect(rowsOf([city, { ...missing, binary }])).toMatchObject([
        { km: null, mm: null },
        { km: 1.5, mm: null },
      ]);
    }
  });

  it.each(['FP64', 'FP32', 'INT64', 'INT32', 'INT16', 'INT8', 'UINT64', 'UINT32', 'UINT16', 'UINT8'])(
    'may bring numbers as %s',
    (datatype) => {
      for (const binary of [true, false]) {
        expect(rowsOf([city, { name: 'km', datatype, values: [7, 100], binary }])).toMatchObject([
          { km: 7 },
          { km: 100 },
        ]);
      }
    },
  );

  it('means by FP32 what a 32-bit float holds, in JSON too', () => {
    const [json] = rowsOf([city, { ...km, datatype: 'FP32', values: [0.1, 0.1] }]);
    const [binary] = rowsOf([city, { ...km, datatype: 'FP32', values: [0.1, 0.1], binary: true }]);
    expect(json).toEqual(binary);
    expect(json).toMatchObject({ km: 0.10000000149011612 });
  });

  it('keeps byte order marks, empty texts and characters beyond the basic plane', () => {
    const kind = { name: 'kind', datatype: 'BYTES', values: ['\ufeff', ''] };
    expect(rowsOf([city, { ...kind, binary: true }])).toMatchObject([{ kind: '\ufeff' }, { kind: '' }]);
    expect(rowsOf([city, { ...kind, values: ['😀', 'é'], binary: true }])).toMatchObject([
      { kind: '😀' },
      { kind: 'é' },
    ]);
  });

  it('may bring columns that the model ignores, of any datatype', () => {
    expect(rowsOf([city, { name: 'delay', datatype: 'BOOL', values: [true, false] }])).toHaveLength(2);
  });

  it('may ask for outputs, in binary all or one by one, and has a name', () => {
    const more = {
      id: 'r-1',
      model_name: 'trips-late',
      parameters: { binary_data_output: true, timeout: 5 },
      outputs: [{ name: 'positive' }, { name: 'margin', parameters: { binary_data: false } }],
    };
    expect(read(inferBody([city], more))).toMatchObject({
      id: 'r-1',
      rows: 2,
      outputs: [
        { name: 'positive', binary: true },
        { name: 'margin', binary: false },
      ],
    });
    const { outputs, id } = read(inferBody([city], { outputs: null, id: null, parameters: null }));
    expect([outputs, id]).toEqual([undefined, undefined]);
    expect(read(inferBody([city], { outputs: [] })).outputs).toBeUndefined();
  });
});

describe('any table of rows', () => {
  const texts = fc
    .string({ unit: 'grapheme', maxLength: 8 })
    .filter((text) => [...text].length <= 8 && !text.includes('\0'));
  const row = fc.record({
    city: fc.constantFrom('north', 'south'),
    kind: texts,
    km: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    express: fc.boolean(),
    mm: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
    id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    at: fc
      .date({
        min: new Date('1970-01-01T00:00:00Z'),
        max: new Date('2199-01-01T00:00:00Z'),
        noInvalidDate: true,
      })
      .map((date) => date.toISOString()),
  });
  const TYPES: Record<string, Datatype> = {
    city: 'BYTES',
    kind: 'BYTES',
    km: 'FP64',
    express: 'BOOL',
    mm: 'FP64',
    id: 'INT64',
    at: 'BYTES',
  };

  it('comes out as our own protocol reads it, in JSON and in binary and in any mix', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
        (rows, binary) => {
          const tensors = Object.entries(TYPES).map(([name, datatype], index) => ({
            name,
            datatype,
            values: rows.map((values) => values[name as keyof typeof values]),
            binary: binary[index] as boolean,
          }));
          expect(rowsOf(tensors)).toEqual(parseRows(signature, { rows }));
        },
      ),
    );
  });
});

describe('a request is refused', () => {
  it.each<[what: string, header: unknown, field: string, expected: RegExp, got: string]>([
    ['that is no object', [], '', /an object/, '[]'],
    ['with an unknown member', { ...input({}), output: [] }, 'output', /no such field/, '[]'],
    ['without inputs', {}, 'inputs', /at least one input tensor/, 'nothing'],
    ['with no inputs', { inputs: [] }, 'inputs', /at least one input tensor/, '[]'],
    ['with an input that is no object', { inputs: [5] }, 'inputs[0]', /an object/, '5'],
    ['with an input without a name', input({ name: undefined }), 'inputs[0].name', /the name/, 'nothing'],
    [
      'with an unknown member of an input',
      input({ dtype: 'x' }),
      'inputs.city.dtype',
      /no such field/,
      '"x"',
    ],
    [
      'with a datatype of no protocol',
      input({ datatype: 'string' }),
      'inputs.city.datatype',
      /one of FP64/,
      '"string"',
    ],
    ['with FP16', input({ datatype: 'FP16' }), 'inputs.city.datatype', /one of FP64/, '"FP16"'],
    [
      'with a datatype that the column does not have',
      input({ datatype: 'INT8', data: [1, 2] }),
      'inputs.city.datatype',
      /^BYTES$/,
      '"INT8"',
    ],
    ['without a shape', input({ shape: undefined }), 'inputs.city.shape', /\[rows\]/, 'nothing'],
    [
      'with a shape of no rows',
      input({ shape: [0], data: [] }),
      'inputs.city.shape',
      /1 to 1000 rows/,
      '[0]',
    ],
    ['with 1001 rows', input({ shape: [1001] }), 'inputs.city.shape', /1 to 1000 rows/, '[1001]'],
    ['with a shape of two columns', input({ shape: [1, 2] }), 'inputs.city.shape', /\[rows, 1\]/, '[1,2]'],
    ['with a negative shape', input({ shape: [-1] }), 'inputs.city.shape', /\[rows\]/, '[-1]'],
    ['with a shape that is no list', input({ shape: 2 }), 'inputs.city.shape', /\[rows\]/, '2'],
    [
      'with fewer data than its shape says',
      input({ data: ['north'] }),
      'inputs.city.data',
      /2 values/,
      '1 values',
    ],
    ['with data that are no list', input({ data: 'north' }), 'inputs.city.data', /an array/, '"north"'],
    ['without data', input({ data: undefined }), 'inputs.city.data', /an array/, 'nothing'],
    [
      'nested where the shape is flat',
      input({ data: [['north'], 'south'] }),
      'inputs.city.data[0]',
      /one of "north", "south"/,
      '["north"]',
    ],
    [
      'with a value that the column does not take',
      input({ data: ['north', 'west'] }),
      'inputs.city.data[1]',
      /one of "north", "south"/,
      '"west"',
    ],
    [
      'with null where a value is needed',
      input({ data: ['north', null] }),
      'inputs.city.data[1]',
      /one of "north", "south"/,
      'null',
    ],
    ['with data and bytes', input({ parameters: { binary_data_size: 2 } }), 'inputs.city', /either/, 'both'],
    [
      'with shared memory',
      input({ parameters: { shared_memory_region: 'r' } }),
      'inputs.city.parameters.shared_memory_region',
      /no such field/,
      '"r"',
    ],
    [
      'with a size that is no number',
      input({ data: undefined, parameters: { binary_data_size: -1 } }),
      'inputs.city.parameters.binary_data_size',
      /a number of bytes/,
      '-1',
    ],
    ['with parameters that are no object', { ...input({}), parameters: 5 }, 'parameters', /an object/, '5'],
    [
      'with a flag that is none',
      { ...input({}), parameters: { binary_data_output: 1 } },
      'parameters.binary_data_output',
      /true or false/,
      '1',
    ],
    ['with outputs that are no list', { ...input({}), outputs: {} }, 'outputs', /an array/, '{}'],
    [
      'with an output without a name',
      { ...input({}), outputs: [{}] },
      'outputs[0].name',
      /the name/,
      'nothing',
    ],
    [
      'with an output twice',
      { ...input({}), outputs: [{ name: 'margin' }, { name: 'margin' }] },
      'outputs[1].name',
      /named once/,
      '"margin"',
    ],
    [
      'with classification',
      { ...input({}), outputs: [{ name: 'margin', parameters: { classification: 2 } }] },
      'outputs.margin.parameters.classification',
      /no such field/,
      '2',
    ],
    [
      'with an output that the model does not have',
      { ...input({}), outputs: [{ name: 'value' }] },
      'outputs.value',
      /one of probability, margin, positive, version/,
      '"value"',
    ],
    ['with a name that is no text', { ...input({}), id: 5 }, 'id', /text of at most 128/, '5'],
    [
      'with a long name',
      { ...input({}), id: 'x'.repeat(129) },
      'id',
      /text of at most 128/,
      `"${'x'.repeat(76)}...`,
    ],
    [
      'with half a surrogate pair as its name',
      { ...input({}), id: '\ud800' },
      'id',
      /text of at most 128/,
      '"\\ud800"',
    ],
  ])('%s', (_, header, field, expected, got) => {
    expect(refused(header)).toEqual([{ field, expected: expect.stringMatching(expected), got }]);
  });

  it('that names a column __proto__', () => {
    const header = JSON.parse(
      '{"inputs":[{"name":"__proto__","shape":[1],"datatype":"BYTES","data":["x"]}]}',
    );
    expect(refused(header).map(({ field }) => field)).toEqual(['inputs.__proto__', 'inputs.city']);
  });

  it.each<[what: string, tensors: Tensor[], field: string, expected: RegExp, got: string]>([
    [
      'with an unknown input',
      [city, { ...km, name: 'miles' }],
      'inputs.miles',
      /that the model knows/,
      '"miles"',
    ],
    ['without an input that is needed', [km], 'inputs.city', /an input tensor/, 'nothing'],
    ['with an input twice', [city, km, km], 'inputs[2].name', /named once/, '"km"'],
    [
      'with inputs of different lengths',
      [city, { ...km, values: [1] }],
      'inputs.km.shape',
      /2 rows, as inputs.city has/,
      '1 rows',
    ],
    [
      'with a number out of the column’s range',
      [city, { ...km, values: [1, 101] }],
      'inputs.km.data[1]',
      /at most 100/,
      '101',
    ],
    [
      'with an infinity',
      [city, { ...km, values: [1, Infinity], binary: true }],
      'inputs.km.data[1]',
      /at most 100/,
      'Infinity',
    ],
    [
      'with NaN where a value is needed',
      [{ ...km, name: 'city' }],
      'inputs.city.datatype',
      /BYTES/,
      '"FP64"',
    ],
    [
      'with text where a number belongs',
      [city, { ...km, values: [1, '2'] }],
      'inputs.km.data[1]',
      /a number/,
      '"2"',
    ],
    [
      'with a fraction as INT32',
      [city, { ...km, datatype: 'INT32', values: [1, 2.5] }],
      'inputs.km.data[1]',
      /INT32 can hold/,
      '2.5',
    ],
    [
      'with 128 as INT8',
      [city, { ...km, datatype: 'INT8', values: [1, 128] }],
      'inputs.km.data[1]',
      /INT8 can hold/,
      '128',
    ],
    [
      'with -1 as UINT64',
      [city, { ...km, datatype: 'UINT64', values: [1, -1] }],
      'inputs.km.data[1]',
      /UINT64 can hold/,
      '-1',
    ],
    [
      'with 1e300 as FP32',
      [city, { ...km, datatype: 'FP32', values: [1, 1e300] }],
      'inputs.km.data[1]',
      /FP32 can hold/,
      '1e+300',
    ],
    [
      'with a whole number that no double says exactly',
      [city, { name: 'id', datatype: 'INT64', values: [1, 2n ** 53n + 1n], binary: true }],
      'inputs.id.data[1]',
      /within 2\^53/,
      '9007199254740992',
    ],
    [
      'with an unsigned one',
      [city, { name: 'id', datatype: 'UINT64', values: [1, 2n ** 64n - 1n], binary: true }],
      'inputs.id.data[1]',
      /within 2\^53/,
      '18446744073709552000',
    ],
    [
      'with bytes that are not UTF-8',
      [{ ...city, values: ['north', Uint8Array.of(0xff, 0xfe)], binary: true }],
      'inputs.city.data[1]',
      /UTF-8/,
      '2 bytes that are none',
    ],
    [
      'with a NUL character',
      [city, { name: 'kind', datatype: 'BYTES', values: ['a', 'b\0'], binary: true }],
      'inputs.kind.data[1]',
      /text of at most 8/,
      '"b\\u0000"',
    ],
    [
      'with no instant',
      [city, { name: 'at', datatype: 'BYTES', values: ['2013-01-01', 'soon'] }],
      'inputs.at.data[1]',
      /ISO 8601/,
      '"soon"',
    ],
  ])('%s', (_, tensors, field, expected, got) => {
    expect(refusedTensors(...tensors)).toEqual([{ field, expected: expect.stringMatching(expected), got }]);
  });

  const cityBytes = tensorBytes('BYTES', city.values);
  it.each<
    [
      what: string,
      datatype: string,
      bytes: Uint8Array,
      size: number,
      field: string,
      expected: RegExp,
      got: string,
    ]
  >([
    ['that are missing', 'BYTES', NONE, 18, 'inputs.city', /the 18 bytes of its binary_data_size/, '0 bytes'],
    [
      'that are too few',
      'FP64',
      new Uint8Array(15),
      15,
      'inputs.city',
      /16 bytes \(2 values of FP64\)/,
      '15 bytes',
    ],
    [
      'that are too many',
      'FP64',
      new Uint8Array(24),
      24,
      'inputs.city',
      /16 bytes \(2 values of FP64\)/,
      '24 bytes',
    ],
    [
      'that nobody claims',
      'BYTES',
      Buffer.concat([cityBytes, Uint8Array.of(0)]),
      18,
      'inputs',
      /18 bytes behind the JSON/,
      '19 bytes',
    ],
    [
      'behind the last text',
      'BYTES',
      Buffer.concat([cityBytes, Uint8Array.of(0)]),
      19,
      'inputs.city',
      /18 bytes \(2 values of BYTES\)/,
      '19 bytes',
    ],
    [
      'that end in a text',
      'BYTES',
      cityBytes.subarray(0, 17),
      17,
      'inputs.city.data[1]',
      /5 bytes, as its length says/,
      '4 bytes',
    ],
    [
      'that end in a length',
      'BYTES',
      cityBytes.subarray(0, 11),
      11,
      'inputs.city.data[1]',
      /four bytes of its length/,
      '2 bytes',
    ],
    [
      'that end after the first text',
      'BYTES',
      cityBytes.subarray(0, 9),
      9,
      'inputs.city.data[1]',
      /four bytes of its length/,
      '0 bytes',
    ],
    [
      'with a length of 4 GB',
      'BYTES',
      Buffer.alloc(8, 0xff),
      8,
      'inputs.city.data[0]',
      /4294967295 bytes/,
      '4 bytes',
    ],
    [
      'with a truth that is neither',
      'BOOL',
      Uint8Array.of(1, 2),
      2,
      'inputs.city.data[1]',
      /1 \(true\) or 0 \(false\)/,
      '2',
    ],
  ])('for bytes %s', (_, datatype, bytes, size, field, expected, got) => {
    const header = input({ datatype, data: undefined, parameters: { binary_data_size: size } });
    expect(refused(header, bytes)).toEqual([{ field, expected: expect.stringMatching(expected), got }]);
  });

  it('without guesses about bytes when nobody knows whose they are', () => {
    const tensors: Tensor[] = [
      { ...km, datatype: 'FP64', binary: true },
      { ...city, binary: true },
    ];
    const { headers, body } = inferBody(tensors);
    const length = Number(headers['inference-header-content-length']);
    const header = JSON.parse(Buffer.from(body.subarray(0, length)).toString());
    header.inputs[0].datatype = 'FP16';
    expect(refused(header, body.subarray(length)).map(({ field }) => field)).toEqual(['inputs.km.datatype']);
  });

  it('naming every wrong field at once, but no more than twenty', () => {
    expect(refusedTensors({ ...city, values: ['east', 'west'] }, { ...km, values: [-1, 5] })).toHaveLength(3);
    const unknown = Array.from({ length: 30 }, (_, index) => ({ ...km, name: `x${index}` }));
    expect(refusedTensors(city, ...unknown)).toHaveLength(20);
    expect(refused({ inputs: Array.from({ length: 30 }, () => 5), id: 5 })).toHaveLength(20);
    const many = withBinary(
      { inputs: [{ name: 'city', shape: [40], datatype: 'BYTES', data: Array(40).fill('x') }] },
      [],
    );
    expect(problemsOf('InvalidInputError', () => requestRows(signature, read(many)))).toHaveLength(20);
  });
});
