import { afterEach, expect, it, vi } from 'vitest';
import { windowReportOf } from '#test/support/window-reports.ts';
import { drawWindow } from '../../lambdas/shared/draw-window.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('a window is drawn as a page', async () => {
  expect(await drawWindow(windowReportOf({ further: 900 }), [])).toContain('km');
});

it('what cannot be drawn is no page, and the log says of which model and why', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const broken = windowReportOf({}, { attention: null as never });
  expect(await drawWindow(broken, [])).toBeNull();
  const [line] = error.mock.calls.map(([text]) => JSON.parse(text as string) as object);
  expect(line).toMatchObject({ level: 'ERROR', model: 'late', message: "the window's report has no page" });
  expect(line).toHaveProperty('cause', expect.stringContaining('TypeError'));
});
