import { HttpErrorResponse, type HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { DestroyRef, inject, InjectionToken, type Signal, signal } from '@angular/core';
import type { AuthClient, Problem, Snapshot } from '@evergreen-auth/client';
import { catchError, concatMap, from, throwError } from 'rxjs';

export const AUTH_CLIENT = new InjectionToken<AuthClient>('AUTH_CLIENT');

/** What is known of the session, for as long as the component that injects it lives. */
export function injectSession(): Signal<Snapshot> {
  const client = inject(AUTH_CLIENT);
  const session = signal(client.getSnapshot());
  inject(DestroyRef).onDestroy(client.subscribe(() => session.set(client.getSnapshot())));
  return session.asReadonly();
}

/** Authorises requests of HttpClient: `provideHttpClient(withInterceptors([authInterceptor]))`. */
export const authInterceptor: HttpInterceptorFn = (request, next) => {
  const client = inject(AUTH_CLIENT);
  const url = new URL(request.urlWithParams, globalThis.document?.baseURI).href;
  const send = (token: string | undefined) =>
    next(token ? request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : request);
  const learn = async (answer: unknown, token: string | undefined) =>
    answer instanceof HttpResponse || answer instanceof HttpErrorResponse
      ? client.handleResponse({ ...answer, url: answer.url ?? url }, problemIn(answer), token)
      : undefined;
  const again = (error: unknown) => (token: string | undefined) =>
    token ? send(token) : throwError(() => error);

  return from(client.tokenFor(url)).pipe(
    concatMap((token) =>
      send(token).pipe(
        concatMap(async (event) => (await learn(event, token), event)),
        catchError((error) => from(learn(error, token)).pipe(concatMap(again(error)))),
      ),
    ),
  );
};

function problemIn(answer: object): Problem | undefined {
  const { error } = answer as { error?: Problem };
  return typeof error?.code === 'string' ? error : undefined;
}
