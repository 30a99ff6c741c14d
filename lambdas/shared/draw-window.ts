import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import { windowPage } from '#lib/pages/window-page.ts';

/** A window's page. A picture that cannot be drawn must not keep an alarm from ringing: null. */
export async function drawWindow(
  report: WindowReport,
  history: readonly WindowRecord[],
): Promise<string | null> {
  try {
    return await windowPage(report, history);
  } catch (error) {
    const message = "the window's report has no page";
    console.error(JSON.stringify({ level: 'ERROR', message, model: report.model, cause: String(error) }));
    return null;
  }
}
