import { headers } from 'next/headers';
import { sessionFrom } from '@evergreen-auth/client/server';
import { Session } from './session';

export const metadata = { title: 'Orders', icons: { icon: 'data:,' } };

export default async function Layout({ children }) {
  const session = await sessionFrom(
    { headers: await headers() },
    { baseUrl: process.env.NEXT_PUBLIC_AUTH_URL, logger: console },
  );
  return (
    <html lang="en">
      <body>
        <Session initialSession={session}>{children}</Session>
      </body>
    </html>
  );
}
