import { expect, it } from 'vitest';
import { apiRoutes } from '#core/api/index.ts';
import { flightsLate, prod } from './synthesize.ts';

it('every route of the stacks is in the OpenAPI document, and nothing else', () => {
  const documented = Object.keys(apiRoutes);
  const deployed = prod
    .all('AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => String(Properties.RouteKey).replace(`/${flightsLate.name}`, '/{model}'))
    .flatMap((key) => {
      const [, prefix] = /^ANY (.*\/)\{proxy\+\}$/.exec(key) ?? [];
      return prefix === undefined ? [key] : documented.filter((route) => route.includes(` ${prefix}`));
    });
  expect([...new Set(deployed)].sort()).toEqual(documented.sort());
});
