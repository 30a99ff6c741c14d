import type { TopLevelSpec } from 'vega-lite';
import { Html } from './html.ts';

const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif';

/** Colours are the page's variables, so that a picture follows light, dark and print. */
const THEME = {
  background: 'transparent',
  font: FONT,
  padding: 4,
  view: { stroke: 'var(--line)' },
  axis: {
    labelColor: 'var(--ink)',
    titleColor: 'var(--soft)',
    titleFontWeight: 'normal' as const,
    gridColor: 'var(--line)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    labelFontSize: 11,
    titleFontSize: 12,
    labelLimit: 220,
    labelSeparation: 4,
  },
  header: { labelColor: 'var(--ink)', labelFontSize: 12, titleColor: 'var(--soft)' },
  legend: { disable: true },
};

/**
 * A Vega-Lite chart as SVG, drawn here: no canvas, no script, no request. Texts are escaped by the renderer; no name of a user's
 * belongs into a field or an expression, only into data and titles.
 */
export async function chart(spec: Readonly<Record<string, unknown>>): Promise<Html> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = compile({ ...spec, config: THEME } as TopLevelSpec).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', loader: NO_LOADER });
  try {
    return new Html(responsive(await view.toSVG()));
  } finally {
    view.finalize();
  }
}

const refuse = () => Promise.reject(new Error('a chart loads nothing'));
const NO_LOADER = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

/** The page's width decides, up to a little more than the picture's own; the picture keeps its shape. */
function responsive(svg: string): string {
  return svg
    .replace(/^<svg [^>]*>/, (tag) => {
      const [, width] = / width="([\d.]+)"/.exec(tag) ?? [];
      const [viewBox = ''] = / viewBox="[^"]*"/.exec(tag) ?? [];
      const widest = Math.round(1.2 * Number(width));
      return `<svg xmlns="http://www.w3.org/2000/svg"${viewBox} style="max-width:${widest}px" role="img">`;
    })
    .replaceAll(' pointer-events="none"', '');
}
