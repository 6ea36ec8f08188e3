/**
 * What a block of code that is marked as a `fragment` may use without an import: names of the
 * reader's own application, and what the page has made in an earlier block.
 */
import type { AuthClient } from '@evergreen-auth/client';
import type { PublicJwk } from '@evergreen-auth/client/binding';
import type { Verifier } from '@evergreen-auth/resource';
import type { Config, createApp as OurCreateApp, Problem, Users } from 'evergreen-auth';
import type OAuth2Strategy from 'passport-oauth2';
import type { MigrationInterface } from 'typeorm';

declare global {
  // From an earlier block, or from the page that is linked.
  var client: AuthClient;
  var config: Config;
  var createApp: typeof OurCreateApp;
  var createAuthClient: typeof import('@evergreen-auth/client').createAuthClient;
  var createVerifier: typeof import('@evergreen-auth/resource').createVerifier;
  var publicJwk: PublicJwk;
  var problems: { address_unproved(): Problem; contract_over(): Problem };
  var users: Users;
  var verifier: Verifier;

  // What the application has, or has asked its user for.
  var accessToken: string;
  var authorizationURL: string;
  var clientID: string;
  var clientSecret: string;
  var current_password: string;
  var email: string;
  var hardwareKeys: typeof import('../../../packages/client/test/recipes/hardware-keys.js').hardwareKeys;
  var id: string;
  var keystore: import('../../../packages/client/test/recipes/hardware-keys.js').Keystore;
  var new_password: string;
  var password: string;
  var request: Request;
  var serviceToken: string;
  var token: string;
  var tokenOfHandshake: string;
  var tokenURL: string;
  function askForCode(): void;
  function askForPassword(): Promise<string>;
  function ordersOf(userId: string): object[];
  function render(snapshot: object): void;
  function show(sentence: string): void;
  function showSignIn(reason: string): void;

  // Parts of the application.
  var container: Element;
  var socket: { close(): void };
  var sockets: Map<string, { close(): void }>;
  var SignIn: () => null;
  var CreateNotes1790000000000: new () => MigrationInterface;
  class AcmeStrategy extends OAuth2Strategy {
    constructor(
      options: OAuth2Strategy.StrategyOptions,
      verify: (access: string, refresh: string, profile: AcmeProfile, done: Done) => void,
    );
  }
  class ApiKeys {
    serviceOf(key: unknown): { service: string } | undefined;
  }
  class Contracts {
    areOver(userId: string): Promise<boolean>;
  }
  class DeviceKeys {
    verifySignature(response: string, userId: string): Promise<boolean>;
  }
  class Files {
    deleteOf(userId: string): Promise<void>;
  }
  class NotesModule {}
  class Passkeys {
    verify(assertion: Assertion): Promise<string>;
  }
  interface AcmeProfile {
    readonly id: string;
    readonly email: string;
    readonly verified: boolean;
  }
  class Assertion {
    readonly response: string;
  }
  type Done = (error: unknown, user?: object) => void;
}
