// The page of Swagger UI. Nest's own page has inline style sheets, for which the security policy would have to
// allow all inline styles.
import { docsPlugin } from './docs-plugin.js';

const TITLE = 'Call Ledger API';
/** The files that the page loads from the package swagger-ui-dist, which has many more. */
export const SWAGGER_UI_FILES = [
  'favicon-32x32.png',
  'swagger-ui.css',
  'index.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
] as const;

/**
 * @param folder the folder of the page's files. It is relative, because a proxy may serve the service under a path
 *   of its own.
 */
export function docsPage(folder: './' | './docs/'): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${TITLE}</title>
    <link rel="icon" type="image/png" href="${folder}favicon-32x32.png" sizes="32x32">
    <link rel="stylesheet" href="${folder}swagger-ui.css">
    <link rel="stylesheet" href="${folder}index.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${folder}swagger-ui-bundle.js"></script>
    <script src="${folder}swagger-ui-standalone-preset.js"></script>
    <script src="${folder}swagger-ui-init.js"></script>
  </body>
</html>
`;
}

/**
 * The script that starts Swagger UI. It leaves out the top bar, and the validator's badge, which would send the
 * address of this document to a site of Swagger's.
 *
 * @param document the document as JSON
 */
export function docsScript(document: string): string {
  return `window.onload = () => {
  window.ui = SwaggerUIBundle({
    spec: ${document},
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [${docsPlugin.toString()}],
    layout: 'BaseLayout',
    validatorUrl: null,
  });
};
`;
}
