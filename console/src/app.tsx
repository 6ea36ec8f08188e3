import { Route, Router, Switch } from 'wouter';
import { BASE_PATH } from './base.js';
import { RequireSession } from './client/require-session.js';
import { Layout } from './layout/layout.js';
import { PAGES } from './pages.js';
import { DevicesPage } from './pages/devices/devices-page.js';
import { HomePage } from './pages/home/home-page.js';
import { NotFoundPage } from './pages/not-found/not-found-page.js';
import { SignInPage } from './pages/sign-in/sign-in-page.js';

/** One route for each page of `pages.json`. */
export function App() {
  return (
    <Router base={BASE_PATH}>
      <Layout>
        <Switch>
          <Route path={PAGES.home} component={HomePage} />
          <Route path={PAGES.signIn} component={SignInPage} />
          <Route path={PAGES.devices}>
            <RequireSession>
              <DevicesPage />
            </RequireSession>
          </Route>
          <Route component={NotFoundPage} />
        </Switch>
      </Layout>
    </Router>
  );
}
