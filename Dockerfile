# syntax=docker/dockerfile:1
# The application alone: Postgres and Valkey are services beside it (docker-compose.yml).
# tests/mentoring/test_docker.py runs the steps below without Docker, so keep them plain shell.
ARG PYTHON_VERSION=3.13
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-slim AS node

FROM python:${PYTHON_VERSION}-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --disable-pip-version-check --no-cache-dir --no-input --quiet \
       --require-hashes --only-binary :all: --requirement requirements.txt
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY . .
RUN /opt/venv/bin/python scripts/build_assets.py && rm -rf node_modules
# Settings want every variable even to collect files; these values reach neither the image's environment nor a server.
RUN export SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built \
    ENCRYPTION_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    BASE_URL=https://build.invalid MAIL_FROM=build@build.invalid EMAIL_URL=smtp+tls://build.invalid \
    DATABASE_URL=postgresql://build.invalid/build REDIS_URL=redis://build.invalid/0 \
    && /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q .

FROM python:${PYTHON_VERSION}-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/upstream
RUN groupadd --system --gid 10001 upstream \
    && useradd --system --uid 10001 --gid upstream --home-dir /var/lib/upstream --shell /usr/sbin/nologin upstream \
    && install --directory --owner=upstream --group=upstream --mode=0700 /var/lib/upstream
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "scripts/container_health.py", "web"]
CMD ["gunicorn", "mentoring.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--max-requests", "2000", "--max-requests-jitter", "200"]
