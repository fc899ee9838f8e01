const CHANGES_NOTHING = ['GET', 'HEAD', 'OPTIONS'];

/** The browser sends the session's cookie by itself; a call that changes something needs the session's CSRF token besides. */
async function withCsrfToken(request) {
  const changesNothing = CHANGES_NOTHING.includes((request.method ?? 'GET').toUpperCase());
  if (changesNothing || request.headers.Authorization || new URL(request.url, location.href).origin !== location.origin)
    return request;
  const { csrfToken } = await (await fetch('/api/session')).json();
  if (csrfToken) request.headers['X-CSRF-Token'] = csrfToken;
  return request;
}

SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // It would send the document to somebody else.
  validatorUrl: null,
  requestInterceptor: withCsrfToken,
});
