/** The package has no types. */
declare module 'passport-openidconnect' {
  export interface Profile {
    readonly id: string;
    readonly emails?: readonly { readonly value: string }[];
    readonly _json?: Readonly<Record<string, unknown>>;
  }

  type Verify = (
    issuer: string,
    uiProfile: Profile,
    idProfile: Profile,
    context: object,
    idToken: string,
    accessToken: string,
    refreshToken: string,
    params: object,
    done: (error: unknown, user?: object) => void,
  ) => void;

  export class Strategy {
    constructor(options: Readonly<Record<string, unknown>>, verify: Verify);
    authenticate(request: object, options?: object): void;
  }
}
