# The application: web, worker and beat run from this one image.
FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements/run.lock requirements/run.lock
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock

FROM python:3.13-slim
# Arabic titles on share cards are set with it.
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends libfribidi0 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app redress \
    && mkdir -p /data/static /data/media /data/metrics /data/dumps /data/cards /data/keys /data/ledger && chown -R redress:redress /data && chmod 700 /data/keys /data/ledger
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    REDRESS_STATE=/data \
    STATIC_ROOT=/data/static \
    MEDIA_ROOT=/data/media
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
USER redress
# Collected once, here; the demo's settings name the same files and ask for no secret.
RUN DJANGO_SETTINGS_MODULE=config.settings.demo python manage.py collectstatic --noinput --verbosity 0
EXPOSE 8000
CMD ["sh", "-c", "exec python -m granian --interface wsgi --no-ws --workers ${WEB_WORKERS:-2} --blocking-threads 128 --backlog 2048 --backpressure 1024 --respawn-failed-workers --workers-kill-timeout 20 --log-level error --host 0.0.0.0 --port 8000 config.wsgi:application"]
