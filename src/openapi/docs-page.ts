// The page of Swagger UI. Nest's own has style sheets within it, for which the browser would have to allow all such.
import { docsPlugin } from './docs-plugin.js';

const TITLE = 'Call Ledger API';
/** What the page loads of the package swagger-ui-dist, which holds a lot more. */
export const SWAGGER_UI_FILES = [
  'favicon-32x32.png',
  'swagger-ui.css',
  'index.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
] as const;

/** @param folder of what the page loads: relative, because a proxy may serve the service under a path of its own */
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
 * The script that starts Swagger UI: without the bar of the specimen, and without the badge for which a site of the maker is told
 * of this document.
 *
 * @param document as JSON
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
