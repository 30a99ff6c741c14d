import { afterEach, describe, expect, it } from 'vitest';
import { SecretParameters } from '#adapters/ssm/secret-parameters.ts';
import { SpecError } from '#core/errors.ts';
import { type Receiver, startReceiver } from '#test/support/receiver.ts';

const NAME = '/leeboard/pager';
const MINUTE = 60_000;
let ssm: Receiver;
afterEach(() => ssm.close());

/** SSM with one answer, and a clock that stands until it is set. */
async function open(status: number, answer: object) {
  ssm = await startReceiver((_got, response) => response.writeHead(status).end(JSON.stringify(answer)));
  const clock = { now: 0 };
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'key', sessionToken: 'token' };
  const access = { endpoint: ssm.url, region: 'eu-central-1', credentials };
  return { clock, parameters: new SecretParameters(access, () => clock.now) };
}

const secret = { Parameter: { Name: NAME, Type: 'SecureString', Value: 'https://SECRET' } };

describe('a secret parameter', () => {
  it('is asked for decrypted, in a request signed for its region', async () => {
    const { parameters } = await open(200, secret);
    expect(await parameters.read(NAME)).toBe('https://SECRET');
    expect(ssm.received).toMatchObject([
      {
        headers: {
          'x-amz-target': 'AmazonSSM.GetParameter',
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-security-token': 'token',
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/ssm\/aws4_request, /,
          ),
        },
        body: { Name: NAME, WithDecryption: true },
      },
    ]);
  });

  it('is asked for again after five minutes, or when it did not work', async () => {
    const { parameters, clock } = await open(200, secret);
    await parameters.read(NAME);
    clock.now = 5 * MINUTE - 1;
    await parameters.read(NAME);
    expect(ssm.received).toHaveLength(1);
    clock.now = 5 * MINUTE;
    await parameters.read(NAME);
    expect(ssm.received).toHaveLength(2);
    parameters.forget(NAME);
    await parameters.read(NAME);
    expect(ssm.received).toHaveLength(3);
  });

  it('that is stored in clear is refused', async () => {
    const { parameters } = await open(200, { Parameter: { Type: 'String', Value: 'https://SECRET' } });
    await expect(parameters.read(NAME)).rejects.toThrow(SpecError);
    await expect(parameters.read(NAME)).rejects.toThrow(
      `${NAME}: expected a SecureString in SSM: aws ssm put-parameter --type SecureString --name ${NAME} --value URL, got type "String"`,
    );
    await expect(parameters.read(NAME)).rejects.not.toThrow(/SECRET/);
  });

  it('that does not exist is named', async () => {
    const { parameters } = await open(400, { __type: 'com.amazonaws#ParameterNotFound' });
    await expect(parameters.read(NAME)).rejects.toThrow(/\/leeboard\/pager: .* got 400 ParameterNotFound$/);
  });
});
