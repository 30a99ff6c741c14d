import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  type LambdaClientConfig,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';

/** Adds environment variables to a deployed function. @returns what takes them away again */
export async function addVariables(
  config: LambdaClientConfig,
  FunctionName: string,
  more: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const client = new LambdaClient(config);
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const before = Environment?.Variables ?? {};
  const set = async (Variables: Record<string, string>) => {
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60 }, { FunctionName });
  };
  await set({ ...before, ...more });
  return () => set(before);
}
