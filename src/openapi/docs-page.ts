// The page of Swagger UI. Nest's own has style sheets within it, for which the browser would have to allow all such.
import type { Request, Response } from 'express';

/** @param title of the page */
export function docsPage(title: string): (request: Request, response: Response) => void {
  return (request, response) => {
    // Relative: a proxy may serve the service under a path of its own.
    const inFolder = /\/(index\.html)?$/i.test(request.path);
    response.type('text/html').send(html(title, inFolder ? './' : './docs/'));
  };
}

/** @param folder of what the page loads, all of which Nest serves from `swagger-ui-dist` */
function html(title: string, folder: string): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
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
