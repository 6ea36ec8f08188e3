import { lazy, Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { BASE_PATH } from './base.js';
import { RequireSession } from './client/require-session.js';
import { Layout } from './layout/layout.js';
import { PAGES } from './pages.js';
import { HomePage } from './pages/home/home-page.js';
import { NotFoundPage } from './pages/not-found/not-found-page.js';
import { SignInPage } from './pages/sign-in/sign-in-page.js';
import { Waiting } from './ui/waiting.js';

// What is not the first page of anybody is loaded when it is opened.
const ActivityPage = lazy(() => import('./pages/activity/activity-page.js'));
const DevicesPage = lazy(() => import('./pages/devices/devices-page.js'));
const OperatorsPage = lazy(() => import('./pages/operators/operators-page.js'));

/** One route for each page of `pages.json`. */
export function App() {
  return (
    <Router base={BASE_PATH}>
      <Layout>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path={PAGES.home} component={HomePage} />
            <Route path={PAGES.signIn} component={SignInPage} />
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
            <Route path={PAGES.operators} component={OperatorsPage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </Layout>
    </Router>
  );
}
