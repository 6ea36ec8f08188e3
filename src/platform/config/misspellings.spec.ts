import { findMisspellings } from './misspellings.js';
import { VARIABLE_NAMES } from './variables.js';

describe('findMisspellings', () => {
  it.each([
    ['ACESS_TOKEN_EXPIRE_MINUTES', 'ACCESS_TOKEN_EXPIRE_MINUTES'],
    ['JWT_SECRETS', 'JWT_SECRET'],
    ['JWT_SERCET', 'JWT_SECRET'],
    ['jwt_secret', 'JWT_SECRET'],
    ['THROTTLE_LOGIN_LIMITS', 'THROTTLE_LOGIN_LIMIT'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['REDIS_URI', 'REDIS_URL'],
    ['NODE_EVN', 'NODE_ENV'],
    ['JWT_SECRET_FLIE', 'JWT_SECRET_FILE'],
    ['REFRESH_TOKEN_EXPIRES_DAY', 'REFRESH_TOKEN_EXPIRE_DAYS'],
    ['port', 'PORT'],
  ])('%s is meant for %s', (name, meant) => {
    expect(findMisspellings([name])).toEqual([{ name, meant }]);
  });

  it('finds nothing in our own names', () => {
    expect(findMisspellings(VARIABLE_NAMES)).toEqual([]);
  });

  it('lets names have one edit from 6 letters, two from 12', () => {
    expect(findMisspellings(['PORTS', 'PROT'])).toEqual([]);
    expect(findMisspellings(['LOG_LEVE', 'NODE_ENVS'])).toHaveLength(2);
    expect(findMisspellings(['LOG_LEV', 'JWT_SECR'])).toEqual([]);
    expect(findMisspellings(['CORS_ORIGI', 'CORS_ORIG'])).toHaveLength(1);
  });

  it.each([
    'PATH',
    'PORTAL',
    'POST',
    'HOME',
    'HOSTNAME',
    'HOSTTYPE',
    'LOGNAME',
    'NODE_PATH',
    'NODE_OPTIONS',
    'NODE_VERSION',
    'NVM_BIN',
    'JWT_SECRET_KEY',
    'JWT_ALGORITHM',
    'DATABASE_HOST',
    'DATABASE_NAME',
    'POSTGRES_URL',
    'REDIS_HOST',
    'REDIS_PORT',
    'AUTH_TOKEN',
    'GITHUB_TOKEN',
    'ACCESS_TOKEN',
    'SECURITY_LEVEL',
    'OTEL_TRACES_SAMPLER',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_RESOURCE_ATTRIBUTES',
    'EVERGREEN_SERVICE_PORT',
    'KUBERNETES_PORT',
    'npm_config_user_agent',
    '',
  ])('%j is none of our business', (name) => {
    expect(findMisspellings([name])).toEqual([]);
  });
});
