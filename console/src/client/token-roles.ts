/** The roles in an access token; none where there are none. */
export function rolesIn(token: string): readonly string[] {
  const [, payload = ''] = token.split('.');
  const json = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
  const { roles = [] } = JSON.parse(json) as { readonly roles?: readonly string[] };
  return roles;
}
