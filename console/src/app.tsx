import { lazy, Suspense } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { BASE_PATH } from './base.js';
import { RequireSession } from './client/require-session.js';
import { Layout } from './layout/layout.js';
import { PAGES } from './pages.js';
import { AccountPage } from './pages/account/account-page.js';
import { FailedPage } from './pages/failed/failed-page.js';
import { ForgotPasswordPage } from './pages/forgot-password/forgot-password-page.js';
import { HomePage } from './pages/home/home-page.js';
import { NotFoundPage } from './pages/not-found/not-found-page.js';
import { ResetPasswordPage } from './pages/reset-password/reset-password-page.js';
import { SignInPage } from './pages/sign-in/sign-in-page.js';
import { SignUpPage } from './pages/sign-up/sign-up-page.js';
import { UndoEmailChangePage } from './pages/undo-email-change/undo-email-change-page.js';
import { VerifyEmailPage } from './pages/verify-email/verify-email-page.js';
import { ErrorBoundary } from './ui/error-boundary.js';
import { Waiting } from './ui/waiting.js';

// What is not the first page of anybody is loaded when it is opened.
const ActivityPage = lazy(() => import('./pages/activity/activity-page.js'));
const DevicesPage = lazy(() => import('./pages/devices/devices-page.js'));
const OperatorsPage = lazy(() => import('./pages/operators/operators-page.js'));
const TokenLifePage = lazy(() => import('./pages/token-life/token-life-page.js'));

export function App() {
  return (
    <Router base={BASE_PATH}>
      <Layout>
        <Pages />
      </Layout>
    </Router>
  );
}

/** One route for each page of `pages.json`. */
function Pages() {
  const [path] = useLocation();
  return (
    <ErrorBoundary resetKey={path} fallback={<FailedPage />}>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path={PAGES.home} component={HomePage} />
          <Route path={PAGES.signIn} component={SignInPage} />
          <Route path={PAGES.signUp} component={SignUpPage} />
          <Route path={PAGES.forgotPassword} component={ForgotPasswordPage} />
          <Route path={PAGES.resetPassword} component={ResetPasswordPage} />
          <Route path={PAGES.verifyEmail} component={VerifyEmailPage} />
          <Route path={PAGES.undoEmailChange} component={UndoEmailChangePage} />
          <Route path={PAGES.account}>
            <RequireSession>
              <AccountPage />
            </RequireSession>
          </Route>
          <Route path={PAGES.devices}>
            <RequireSession>
              <DevicesPage />
            </RequireSession>
          </Route>
          <Route path={PAGES.activity}>
            <RequireSession>
              <ActivityPage />
            </RequireSession>
          </Route>
          <Route path={PAGES.tokenLife}>
            <RequireSession>
              <TokenLifePage />
            </RequireSession>
          </Route>
          <Route path={PAGES.operators} component={OperatorsPage} />
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}
