const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

/** A whole plain page. `title` is text; `body` is HTML, in which everything from outside is escaped already; `width` is CSS. */
export const page = (title: string, body: string, width = '26rem'): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
  main { width: min(${width}, calc(100vw - 3rem)); padding: 1.5rem 2rem 2rem; border: 1px solid #8884; border-radius: 12px; }
  h1 { font-size: 1.25rem; } dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; } dt { color: GrayText; } dd { margin: 0; overflow-wrap: anywhere; }
  form { display: flex; gap: .75rem; flex-wrap: wrap; } button { font: inherit; padding: .6rem 1.2rem; border-radius: 8px; border: 1px solid #8888; cursor: pointer; flex: 1; }
  button.primary { background: #1a56db; border-color: #1a56db; color: #fff; } small { color: GrayText; }
</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`;
