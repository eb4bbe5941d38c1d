# Only the last stage is shipped: Python, the locked packages and Outlay; no compiler, no pip, no cache, no root.
FROM python:3.13-slim-bookworm AS build

# The tools that build stay in a virtual environment of their own; the one that is shipped does not even hold pip.
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/outlay
WORKDIR /src
# requirements-otel.lock is the same with traces: --build-arg LOCK=requirements-otel.lock
ARG LOCK=requirements.lock
COPY ${LOCK} requirements-build.lock ./
RUN /opt/build/bin/pip install --no-cache-dir --require-hashes --requirement requirements-build.lock \
 && /opt/build/bin/pip --python /opt/outlay/bin/python install --no-cache-dir --only-binary :all: \
        --require-hashes --requirement ${LOCK}
COPY pyproject.toml README.md LICENSE ./
COPY payers payers
COPY service service
COPY migrations migrations
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/build/bin/pip --python /opt/outlay/bin/python install --no-cache-dir --no-deps --no-index dist/*.whl


FROM python:3.13-slim-bookworm

LABEL org.opencontainers.image.title="Outlay" \
      org.opencontainers.image.description="What a patient will really pay for esketamine or ketamine treatment" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN python3 -m pip uninstall --yes --quiet --root-user-action ignore pip
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/outlay --create-home --shell /usr/sbin/nologin outlay
COPY --from=build /opt/outlay /opt/outlay

ENV PATH=/opt/outlay/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OUTLAY_DATA_DIR=/var/lib/outlay \
    OUTLAY_HOST=0.0.0.0 \
    OUTLAY_PORT=8000

USER 10001:10001
WORKDIR /var/lib/outlay
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"OUTLAY_PORT\"]}/health/live', timeout=2)"]
CMD ["outlay", "serve"]
