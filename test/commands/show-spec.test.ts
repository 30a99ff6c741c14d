import { expect, it } from 'vitest';
import { DatasetSpec } from '#core/spec/dataset.ts';
import { showSpec } from '#lib/commands/show-spec.ts';
import { flights } from '../../datasets/flights.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { captured } from './captured.ts';

it('a dataset is shown with the defaults that its file does not write', async () => {
  const { print, text } = captured();
  expect(await showSpec({ name: 'weather' }, print)).toBe(0);
  expect(text()).toMatch(/^volume +minRows 24, maxRows 100000000$/m);
  expect(text()).toMatch(/^columns\.wind_speed +.*nullable 0\.05, min 0, integer false$/m);
});

it('a model names its datasets instead of repeating them', async () => {
  const { print, text } = captured();
  await showSpec({ name: 'flights-late' }, print);
  expect(text()).toMatch(/^from +dataset flights$/m);
  expect(text()).toMatch(/^join\[0\]\.dataset +dataset weather$/m);
  expect(text()).toMatch(/^features\.carrier +kind categorical, expression carrier, maxLevels 256$/m);
});

it('--json is the whole spec, as it is deployed', async () => {
  const [dataset, model] = [captured({ json: true }), captured({ json: true })];
  await showSpec({ name: 'flights' }, dataset.print);
  await showSpec({ name: 'flights-late' }, model.print);
  expect(DatasetSpec.parse(dataset.document())).toEqual(flights);
  expect(model.document()).toEqual(JSON.parse(JSON.stringify(flightsLate)));
});

it('an unknown name says which specs there are', async () => {
  await expect(showSpec({ name: 'nope' }, captured().print)).rejects.toThrow(
    'flights-late, flights, weather',
  );
});
