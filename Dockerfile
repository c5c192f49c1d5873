# One image for every service. Node runs the TypeScript sources as they are, so there is nothing to build but node_modules. The
# last stage has Node's program alone, without npm: fewer things to keep up to date, and half the size.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Debug symbols are 18 MB of Node's program.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null \
    && cp "$(command -v node)" /node && strip --strip-unneeded /node
COPY package.json package-lock.json ./
# Where npm must trust a CA of its own: docker build --secret id=ca,src=/path/to/ca.pem
RUN --mount=type=secret,id=ca \
    --mount=type=cache,target=/root/.npm \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY deploy/image deploy/image
RUN sh deploy/image/prune.sh node_modules

FROM ${BASE_IMAGE} AS system
# What the BMC poller calls. Documents, caches and lists are of no use in an image; what dpkg knows stays, for scanners.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get upgrade -y -qq >/dev/null \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ipmitool libstdc++6 >/dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/* /var/log/* /tmp/* /usr/share/man /usr/share/info \
    # Nobody in a container becomes somebody else: passwd, su, mount and their like are ordinary programs.
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    # Empty named volumes take over the owner of the folder that they are mounted on.
    && groupadd --gid 1000 node && useradd --uid 1000 --gid node --no-create-home --home-dir /data --shell /usr/sbin/nologin node \
    && for folder in setup kafka elasticsearch kibana filebeat tail indexer analyzer notifier gateway ipmi housekeeping operator \
         prometheus grafana; do install -d -o node -g node -m 0755 "/secrets/$folder"; done \
    && install -d -o node -g node -m 0750 /data /snapshots

FROM system AS packages
RUN dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\n' >/packages.tsv

FROM build AS bill
COPY --from=packages /packages.tsv /packages.tsv
COPY deploy/supply-chain deploy/supply-chain
RUN node deploy/image/sbom.ts --debian /packages.tsv >/sbom.cdx.json \
    && node deploy/supply-chain/notices.ts /THIRD-PARTY-NOTICES.txt

# In one layer, so that what was upgraded or removed is not carried along underneath.
FROM scratch
COPY --from=system / /
WORKDIR /app
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    NODE_ENV=production \
    NODE_COMPILE_CACHE=/data/cache/compile \
    LOGPATROL_HTTP_HOST=0.0.0.0 \
    LOGPATROL_HTTP_PORT=8630 \
    LOGPATROL_DATA_DIR=/data
COPY --from=build /node /usr/local/bin/node
COPY --from=build /app/node_modules ./node_modules
COPY . .
COPY --from=bill /sbom.cdx.json /THIRD-PARTY-NOTICES.txt /app/
USER node
VOLUME /data
EXPOSE 8630
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "/app/deploy/image/health.js"]
ENTRYPOINT ["node", "/app/cli/logpatrol.js"]
CMD ["run", "all"]
