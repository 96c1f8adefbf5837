# The service, the hub or the gateway in a container, as a user of its own; the panel and the floor run in a terminal.
#   docker build -t sidecar .
#   docker run --rm --network host -v sidecar-data:/data sidecar
# On the host's network calls and screens of this machine find it. With ports published instead (-p 8765:8765) it must
# listen beyond the container's own loopback, so that calls need [taps.tls]: give a configuration with
# -v $PWD/my.toml:/data/config.toml. The hub and the gateway serve no /healthz: run them with --no-healthcheck.
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r .lock/run.txt \
 && /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --create-home --home-dir /data --uid 10001 sidecar
COPY --from=build /venv /venv
# Numbers of threads are the service's own to set: a decode worker uses one core.
ENV PATH=/venv/bin:$PATH SIDECAR_HOME=/data OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
USER sidecar
VOLUME /data
EXPOSE 8765 8770 8771 8780 8790
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/healthz', timeout=4)"]
ENTRYPOINT ["sidecar"]
CMD ["run", "--set", "monitor.port=9464"]
