# The portal, or one of its workers. It wants real Azure credentials: without them it refuses to start, unless the sandbox
# is asked for by name (ROLECALL_MODE=sandbox). Settings: docs/operating.md.
#
#   docker build -t rolecall .
#   docker run --env-file .env -p 3000:3000 -v rolecall:/data rolecall
#   docker run --env-file .env rolecall node scripts/start.mjs --no-install --worker

FROM node:24-slim AS build
WORKDIR /rolecall
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 npm run build && npm prune --omit=dev

FROM node:24-slim
WORKDIR /rolecall
ENV NODE_ENV=production ROLECALL_CONTAINER=1 HOST=0.0.0.0 DATA_DIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=build --chown=node:node /rolecall ./
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "scripts/start.mjs", "--no-install", "--no-build"]
