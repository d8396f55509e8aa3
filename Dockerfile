# syntax=docker/dockerfile:1

# What runs: production dependencies only. The embedded PostgreSQL (an optional part) stays out: here there is a real one.
FROM node:26-slim AS parts
WORKDIR /passerelle
COPY package.json package-lock.json .npmrc ./
COPY sdk/package.json sdk/
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# The desk's files: what builds them does not run.
FROM node:26-slim AS desk
WORKDIR /passerelle
COPY package.json package-lock.json .npmrc ./
COPY sdk sdk
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY schemas schemas
COPY desk desk
RUN node node_modules/vite/bin/vite.js build desk --config desk/vite.config.ts

FROM node:26-slim
WORKDIR /passerelle
COPY --from=parts /passerelle/node_modules node_modules
COPY package.json ./
COPY --from=desk /passerelle/desk/dist desk/dist
COPY schemas schemas
COPY adapters adapters
COPY gateway gateway
COPY tlog tlog
COPY witness witness
COPY monitor monitor
COPY docs docs
COPY topology/health.ts topology/

# Nothing under / is written: the root file system may be read-only, with a tmpfs on /tmp.
USER node
ENV NODE_ENV=production PASSERELLE_DATA=/tmp/passerelle
EXPOSE 8443 9443

# Asks this process's own operations listener whether the record and the queue are within its reach.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "topology/health.ts"]

# Node itself is process 1, so that SIGTERM reaches the gateway, which drains and exits 0.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--v8-pool-size=1", "--disable-sigusr1", "--import", "./gateway/signals.mjs", "gateway/main.ts"]
