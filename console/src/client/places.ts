import { useEffect, useState } from 'react';
import { BASE_URL } from '../base.js';

/** Paths of what else the server shows. */
export interface Places {
  readonly documentation: string;
  /** In development. */
  readonly laboratory?: string;
  /** In development, where mails are sent to nobody else. */
  readonly mailbox?: string;
}

const EVERYWHERE: Places = { documentation: new URL('docs', BASE_URL).pathname };

let asked: Promise<Places> | undefined;

/** What else is here: the server says so at the path of the console. */
export function usePlaces(): Places {
  const [places, setPlaces] = useState(EVERYWHERE);
  useEffect(() => {
    asked ??= askServer();
    void asked.then(setPlaces);
  }, []);
  return places;
}

async function askServer(): Promise<Places> {
  try {
    const response = await fetch(BASE_URL, { headers: { accept: 'application/json' } });
    return { ...EVERYWHERE, ...((await response.json()) as Partial<Places>) };
  } catch {
    asked = undefined;
    return EVERYWHERE;
  }
}
