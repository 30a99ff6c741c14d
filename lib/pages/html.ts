import { STYLE } from './style.ts';

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[];

/** A template whose parts are escaped, unless they are `Html`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + asHtml(parts[index - 1] ?? '') + string));
}

function asHtml(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A whole page: one file that asks for nothing from anywhere, light or dark as its reader likes, fit to print. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text;
}

/** A section with a heading; nothing when there is nothing in it. */
export function section(title: string, explanation: string, parts: readonly Html[]): Html {
  if (parts.length === 0) return html``;
  return html`<section>
<h2>${title}</h2>
<p class="explanation">${explanation}</p>
${parts}
</section>
`;
}

/** A table whose first column names the row; nothing without rows. */
export function table(titles: readonly string[], rows: readonly (readonly Part[])[]): Html[] {
  if (rows.length === 0) return [];
  const body = rows.map(
    ([first = '', ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
  );
  return [
    html`<div class="scroll"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`,
  ];
}

/** A picture and what it shows, with or without a heading. */
export function figure(svg: Html, caption: string, title?: Html): Html {
  return html`<figure>${title ? html`<h3>${title}</h3>` : ''}${svg}<figcaption>${caption}</figcaption></figure>\n`;
}
