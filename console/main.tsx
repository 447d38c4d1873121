// Where the console begins: the settings of the browser in, the page out.
import { render } from 'preact';
import { resume } from './api/session.js';
import { App } from './shell/app.js';
import { keepFocus } from './shell/focus.js';
import { followPreferences } from './state/preferences.js';

followPreferences();
keepFocus();
const root = document.getElementById('console');
if (root === null) throw new Error('the page has no place for the console');
render(<App />, root);
void resume();
