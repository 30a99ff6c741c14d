/** The look of all pages. `--a` and `--b` tell two sides apart for people who see no red and green, too. */
export const STYLE = `
:root {
  --paper: #ffffff; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --band: #f5f7f9;
  --a: #2f6db3; --b: #c96a12;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181e; --ink: #e4e8ee; --soft: #98a3b3; --line: #2d3541; --band: #1b2129;
    --a: #6ea8ea; --b: #f0a050;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 0 0 4px; }
h3 { font-size: 15px; margin: 0 0 4px; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; overflow-wrap: anywhere; }
h2, h3, .explanation, .legend { break-after: avoid; }
section { margin-top: 40px; }
.explanation, figcaption, .meta { color: var(--soft); }
.explanation { margin: 0 0 14px; max-width: 76ch; }
.meta { margin: 0; }
.verdict { margin: 20px 0 0; padding: 14px 18px; border-left: 4px solid var(--ink); background: var(--band); font-size: 17px; max-width: 86ch; }
.attention { border-left-color: var(--b); }
.attention ul { margin: 6px 0 0; padding-left: 20px; }
.soft { color: var(--soft); font-weight: 400; }
.a { color: var(--a); font-weight: 600; }
.b { color: var(--b); font-weight: 600; }
.legend { margin: 0 0 10px; display: flex; gap: 20px; font-size: 14px; }
.legend span::before { content: ""; display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 2px; background: currentColor; vertical-align: -1px; }
.scroll { overflow-x: auto; margin-bottom: 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 6em; }
code { overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
figure { margin: 0 0 20px; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: 6px; font-size: 14px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 0 40px; align-items: start; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 12px 32px; align-items: start; }
.timeline { overflow-x: auto; direction: rtl; }
.timeline svg { min-width: 640px; direction: ltr; }
.pictures.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr)); gap: 20px 32px; }
.pictures.small figcaption { font-size: 13px; }
svg text { fill: var(--ink); }
@media print {
  :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --band: #ffffff; --a: #2f6db3; --b: #c96a12; }
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  section { margin-top: 20px; }
  .columns, .pictures { grid-template-columns: 1fr 1fr; gap: 0 20px; }
  .pictures.small { grid-template-columns: 1fr 1fr 1fr; }
  table, .scroll { break-inside: avoid; overflow: visible; }
}
`;
