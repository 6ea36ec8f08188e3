import type { View } from '../link/fragment.js';

/** One step of the guided tour, and what the page shows with it. */
export interface TourStep {
  readonly title: string;
  readonly text: string;
  readonly view: Pick<View, 'scenario' | 'rule' | 'step'>;
}

/** Seven steps, in five minutes. */
export const TOUR: readonly TourStep[] = [
  {
    title: 'A token that changes',
    text: 'After signing in, a browser holds a refresh token. It presents the token from time to time, and is given the next one. This is called rotation: a token that was copied is worth something only for a short time, and a second use of one token can show a theft.',
    view: { scenario: 'lost-answer', rule: 'single-use', step: 1 },
  },
  {
    title: 'How rotation signs people out',
    text: 'Now one response is lost. The server has replaced token 2 by token 3, but the browser never gets token 3. It can only present token 2 again. The common rule takes this for theft, and the user must sign in again. Nobody stole anything.',
    view: { scenario: 'lost-answer', rule: 'single-use', step: 5 },
  },
  {
    title: 'Confirm on use',
    text: 'Under our rule a new token counts only when somebody uses it. Nobody has used token 3, so token 2 is still good, an hour or a week later. The browser gets another token, 3b, and goes on.',
    view: { scenario: 'lost-answer', rule: 'evergreen', step: 5 },
  },
  {
    title: 'Two tabs at once',
    text: 'Two tabs refresh at the same moment with the same token. For ten seconds the same client is given the same new token again, so both tabs agree. Look below: the rule of single use signs this user out.',
    view: { scenario: 'two-tabs', rule: 'evergreen' },
  },
  {
    title: 'Why not forgive everything?',
    text: 'A rule that always accepts the token before the newest one signs nobody out either. But a thief and his victim can then take turns for ever: each of them is always only one step behind. Nobody ever notices.',
    view: { scenario: 'thief-first', rule: 'one-step-behind' },
  },
  {
    title: 'The thief is found',
    text: 'Confirm on use gives thief and owner a token each. As soon as both of them have used theirs, the server knows that two parties hold one session. It ends, and the thief is shut out.',
    view: { scenario: 'thief-first', rule: 'evergreen' },
  },
  {
    title: 'What no rotation can see',
    text: 'A thief who copies the fingerprint and always comes within ten seconds looks exactly like a second tab. Only a key that he cannot copy stops him: look at the rule “Bound to a key” below. Now it is your turn: change the history, or choose another one.',
    view: { scenario: 'thief-in-the-window', rule: 'evergreen' },
  },
];
