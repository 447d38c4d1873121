/** What whoever uses the API has to know first, as Markdown. */
export const INTRODUCTION = `
Takes every call record that Alibaba Cloud's Intelligent Communications Agent pushes, keeps it, and answers questions about the calls.

**Keys.** All of \`/v1\` needs an API key: \`Authorization: Bearer <key>\`. On this page, click **Authorize** and enter the key under \`apiKey\`; it
is kept until you close the tab. Each operation names the scopes of which a key needs one.

**Try it out.** Every \`GET\` works as it is filled in. An id in the path is the newest one that your key may see; where there is none yet, you have to
enter one.

**Lists** come in pages: the \`nextCursor\` of one page is the \`cursor\` of the next. A parameter that takes several values takes them separated
by commas, or is repeated. A parameter that is not described is refused.

**Times** in queries are ISO 8601 with an offset (escape \`+\` as \`%2B\`), or dates, which are days of \`timeZone\`. Ranges include \`from\` and end before
\`to\`. Times in answers are in UTC.

**Bodies** are JSON. Null is as good as a field that is missing, and a field that is not described is refused.

**Errors** are \`application/problem+json\` (RFC 9457). Everything that is wrong with a request is named at once. The header \`X-Request-Id\` of every
answer has the same id as the log:

\`\`\`json
{
  "type": "about:blank",
  "title": "Bad Request",
  "status": 400,
  "detail": "The request has 1 invalid parameter",
  "requestId": "0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52",
  "errors": [{ "path": "limit", "message": "must be a whole number from 1 to 1000" }]
}
\`\`\`

Pushes are answered in the vendor's form instead: \`{"code": 400, "msg": "…"}\`.

**Methods.** A path that has no such method answers 405, and names the methods that it has in \`Allow\`. \`HEAD\` answers as \`GET\` does, without the body;
\`OPTIONS\` answers 204 with \`Allow\`. What is no HTTP is answered 400.
`.trim();
