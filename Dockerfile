# One image for every service. Node runs the TypeScript sources as they are, so there is nothing to build but node_modules.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Where npm must trust a CA of its own: docker build --secret id=ca,src=/path/to/ca.pem
RUN --mount=type=secret,id=ca \
    --mount=type=cache,target=/root/.npm \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production \
    LOGPATROL_HTTP_HOST=0.0.0.0 \
    LOGPATROL_HTTP_PORT=8630 \
    LOGPATROL_DATA_DIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
USER node
VOLUME /data
EXPOSE 8630
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LOGPATROL_HTTP_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "cli/logpatrol.js"]
CMD ["run", "all"]
