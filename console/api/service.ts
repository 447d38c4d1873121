/** The folder that the console is served from is the API's, too, whatever path a proxy gives it. */
export const SERVICE = new URL('.', document.baseURI);
