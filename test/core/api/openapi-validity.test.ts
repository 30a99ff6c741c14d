import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { apiRoutes, containerRoutes, openApiDocument } from '#core/api/index.ts';
import { pinnedEnvironment } from '#local/engines/pinned-environment.ts';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';
import { signature } from '#test/support/bundle.ts';

const REQUIREMENTS = join(root, 'test/support/openapi-validator/requirements.txt');

let python: string;
beforeAll(async () => {
  python = await pinnedEnvironment(REQUIREMENTS, join(workDirectory, 'openapi-venv'));
});

it('is OpenAPI 3.1, as openapi-spec-validator reads the specification', async () => {
  const validate = (document: object) =>
    run(python, ['-m', 'openapi_spec_validator', '--schema', '3.1', '-'], {
      input: JSON.stringify(document),
    });
  const described = { server: '..', signatures: [signature] };
  const container = openApiDocument({ routes: containerRoutes, gateway: false, ...described });
  expect(await validate(container)).toContain('OK');
  const document = openApiDocument({ routes: apiRoutes, gateway: true, ...described });
  expect(await validate(document)).toContain('OK');
  const { responses: _, ...components } = document.components;
  await expect(validate({ ...document, components })).rejects.toThrow();
  await expect(validate({ ...document, openapi: undefined })).rejects.toThrow();
});
