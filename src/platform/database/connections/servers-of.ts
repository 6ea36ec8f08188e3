/**
 * The URLs of the single servers in one that names several, as PostgreSQL's own clients understand
 * it: `postgres://user:password@one:5432,two:5432/evergreen`.
 */
export function serversOf(url: string): readonly string[] {
  const [, login = '', hosts = '', rest = ''] =
    /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(url) ?? [];
  return hosts.split(',').map((host) => login + host + rest);
}
