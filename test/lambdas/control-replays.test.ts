import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { expect, it } from 'vitest';
import { handler } from '../../lambdas/control-replays.ts';

const find = (replay: string) =>
  handler({
    routeKey: 'GET /v1/models/{model}/replays/{replay}',
    pathParameters: { model: 'late', replay },
  } as unknown as APIGatewayProxyEventV2WithIAMAuthorizer);

it.each(['none', 'a b', 'x:y', '%', 'x'.repeat(81)])(
  'a replay that cannot be, %s, is refused readably',
  async (replay) => {
    const { statusCode, body = '' } = await find(replay);
    expect([statusCode, JSON.parse(body)]).toMatchObject([
      422,
      { errors: [{ field: 'replay', expected: "a replay's id, a UUID" }] },
    ]);
  },
);
