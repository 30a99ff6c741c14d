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
main:has(.dashboard) { max-width: 1400px; }
.dashboard { display: grid; grid-template-columns: repeat(24, 1fr); grid-auto-rows: 44px; gap: 8px; margin-top: 12px; }
.widget { border: 1px solid var(--line); border-radius: 4px; padding: 8px 12px; overflow: hidden; display: flex; flex-direction: column; font-size: 13px; }
.widget h1 { font-size: 20px; }
.widget h2 { font-size: 14px; }
.widget p { margin: 0; }
.picture { flex: 1; min-height: 0; }
.picture svg { display: block; width: 100%; height: 100%; }
.nothing { color: var(--soft); padding-top: 32px; text-align: center; }
.lines, .alarms { list-style: none; margin: 4px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 14px; }
.lines i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.lines .limit { height: 0; border-top: 2px dashed #d62728; vertical-align: 3px; }
.alarms { gap: 6px; }
.alarms li { padding: 2px 8px; border-left: 4px solid var(--line); background: var(--band); }
.alarms .alarm { border-left-color: #d62728; }
.alarms .ok { border-left-color: #009e73; }
@media (max-width: 800px) {
  .dashboard { display: block; }
  .widget { margin-bottom: 8px; }
}
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
