import { WsAdapter } from '@nestjs/platform-ws';
import type { AppOptions } from 'evergreen-auth';
import { NotesModule } from './notes/notes.module.js';

/** The application, for `main.ts` and for tests. */
export const NOTES_API = {
  modules: [NotesModule],
  configure: (app) => {
    app.useWebSocketAdapter(new WsAdapter(app));
  },
} satisfies AppOptions;
