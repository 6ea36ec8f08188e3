import { createAuthClient } from '@evergreen-auth/client';
import { createAuthorization } from './authorization.js';
import { keepLabelled } from './labels.js';
import { referenceLayout } from './layout.js';
import './swagger-ui.js';
import { showSession } from './session-status.js';
import { followTheme } from './theme.js';
import '../../../console/src/theme/theme.css';
import './page.css';

const element = (id: string) => document.getElementById(id) as HTMLElement;

/** The server, which may be below a path: the page is at its `/docs`. */
const server = new URL('.', location.href);

followTheme(element('theme'));

// The session of the console: its refresh token is in a cookie that no script can read.
const client = createAuthClient({ baseUrl: server.href, transport: 'cookie' });
showSession(client, element('session'), document.documentElement.dataset.console === 'here');

keepLabelled(element('reference'));
SwaggerUIBundle({
  url: new URL('openapi.json', server).href,
  dom_id: '#reference',
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [referenceLayout],
  layout: 'ReferenceLayout',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Nothing is asked of any other server.
  validatorUrl: null,
  // A token on the screen would be in every screenshot.
  showMutatedRequest: false,
  ...createAuthorization(client, location),
});
