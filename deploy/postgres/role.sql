-- For compose.yaml, run once, by the superuser, when PostgreSQL makes its volume. The server's role
-- owns its database and can do nothing else; the password of both is POSTGRES_PASSWORD.
\getenv password POSTGRES_PASSWORD
CREATE ROLE evergreen LOGIN PASSWORD :'password';
CREATE DATABASE evergreen OWNER evergreen;
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, evergreen FROM PUBLIC;
-- Nobody is the superuser over the network, but whoever is in the container:
-- docker compose exec database psql --username=postgres
ALTER ROLE postgres PASSWORD NULL;
