import { AuthProvider } from '@evergreen-auth/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { client } from './client/client.js';
// It begins with the first request of the page.
import './client/client-log.js';
import { takeLinkToken } from './client/link-token.js';
import { takeProviderError } from './client/provider-error.js';
import { watchWarnings } from './client/warnings.js';
import { TextsProvider } from './texts/texts-provider.js';
import './theme/theme.css';

takeLinkToken();
takeProviderError();
watchWarnings();

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <TextsProvider>
        <AuthProvider client={client}>
          <App />
        </AuthProvider>
      </TextsProvider>
    </StrictMode>,
  );
