/** All texts of the console but those of error codes. `{name}` stands for a value. */
export const en = {
  'app.name': 'Evergreen',
  'app.loading': 'Loading …',
  'nav.label': 'Main',
  'nav.account': 'Account',
  'nav.devices': 'Devices',
  'nav.activity': 'Activity',
  'nav.tokenLife': 'Token life',
  'nav.operators': 'Operators',
  'nav.signIn': 'Sign in',
  'nav.signOut': 'Sign out',
  'settings.label': 'Settings',
  'nav.skip': 'Skip to the content',
  'theme.label': 'Theme',
  'theme.light': 'Light',
  'theme.dark': 'Dark',
  'theme.system': 'As the system',
  'language.label': 'Language',
  'field.email': 'Email address',
  'field.password': 'Password',
  'notFound.title': 'This page does not exist',
  'notFound.home': 'Go to the start page',
  'home.title': 'Nobody is signed out without a reason',
  'home.intro':
    'Evergreen signs people in, keeps them signed in for as long as their session may live, and ends a session everywhere at once when it must end.',
  'signIn.title': 'Sign in',
  'signIn.remember': 'Keep me signed in on this device',
  'signIn.submit': 'Sign in',
  'signIn.forgot': 'Forgot your password?',
  'signIn.toSignUp': 'New here? Create an account',
} as const;

export type TextKey = keyof typeof en;
export type Texts = Readonly<Record<TextKey, string>>;
