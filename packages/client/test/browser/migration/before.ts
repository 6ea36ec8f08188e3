/** How many applications do it by hand. */
import axios, { type AxiosError, type InternalAxiosRequestConfig } from 'axios';

const api = axios.create();

api.interceptors.request.use((config) => {
  config.headers.set('Authorization', `Bearer ${localStorage.getItem('access_token')}`);
  return config;
});

api.interceptors.response.use(undefined, async (error: AxiosError) => {
  const config = error.config as InternalAxiosRequestConfig & { isRetry?: boolean };
  if (error.response?.status !== 401 || config.isRetry) throw error;
  config.isRetry = true;
  keep(
    await axios.post('/api/auth/refresh', { refresh_token: localStorage.getItem('refresh_token') }),
  );
  return api(config);
});

async function login(email: string, password: string): Promise<void> {
  keep(await axios.post('/api/auth/login', { email, password }));
}

function keep({ data }: { data: { access_token: string; refresh_token: string } }): void {
  localStorage.setItem('access_token', data.access_token);
  localStorage.setItem('refresh_token', data.refresh_token);
}

Object.assign(globalThis, { api, login });
