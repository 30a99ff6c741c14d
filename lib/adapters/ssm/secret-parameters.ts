import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { SpecError, showValue } from '#core/errors.ts';

/** How long a value is used before it is read again. */
const KEPT_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;

export interface SsmAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
}

/** SecureString parameters of SSM, kept for five minutes. */
export class SecretParameters {
  readonly #access: SsmAccess;
  readonly #clock: () => number;
  readonly #kept = new Map<string, { value: string; until: number }>();

  /** @param clock epoch milliseconds */
  constructor(access: SsmAccess, clock: () => number) {
    this.#access = access;
    this.#clock = clock;
  }

  /** @throws SpecError naming the parameter when there is none, or it is no SecureString */
  async read(name: string): Promise<string> {
    const kept = this.#kept.get(name);
    if (kept && this.#clock() < kept.until) return kept.value;
    const { Type: type, Value: value } = await this.#get(name);
    if (type !== 'SecureString' || value === undefined) throw refusal(name, `type ${showValue(type)}`);
    this.#kept.set(name, { value, until: this.#clock() + KEPT_MS });
    return value;
  }

  /** The value did not work: the next `read` asks again. */
  forget(name: string): void {
    this.#kept.delete(name);
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
  async #get(name: string): Promise<{ Type?: string; Value?: string }> {
    const { endpoint, region, credentials } = this.#access;
    const url = new URL(endpoint);
    const body = JSON.stringify({ Name: name, WithDecryption: true });
    const signer = new SignatureV4({ service: 'ssm', region, credentials, sha256: Sha256 });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: '/',
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.GetParameter',
      },
      body,
    });
    const answer = await fetch(new URL('/', url), {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const content = (await answer.json()) as {
      __type?: string;
      Parameter?: { Type?: string; Value?: string };
    };
    if (!answer.ok || !content.Parameter)
      throw refusal(name, `${answer.status} ${content.__type?.split('#').at(-1) ?? ''}`.trim());
    return content.Parameter;
  }
}

function refusal(name: string, got: string): SpecError {
  const expected = `a SecureString in SSM: aws ssm put-parameter --type SecureString --name ${name} --value URL`;
  return new SpecError('parameter', [{ field: name, expected, got }]);
}
