# Tidings runs as an unprivileged user and works with a read-only root. config.toml is at /, so that its relative
# paths are /sources and /data.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
COPY constraints.txt ./
RUN python -m venv /opt/tidings
COPY pyproject.toml README.md LICENSE ./
COPY feeds feeds
COPY service service
RUN /opt/tidings/bin/python -m pip install --quiet -c constraints.txt ".[postgres,feeds]" \
    && /opt/tidings/bin/python -m pip uninstall --quiet --yes pip \
    && mkdir /data

FROM python:${PYTHON}-slim
ENV PATH=/opt/tidings/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TIDINGS_CONFIG=/config.toml
COPY --from=build /opt/tidings /opt/tidings
COPY --from=build --chown=65532:65532 /data /data
COPY config.toml /config.toml
COPY sources /sources
USER 65532:65532
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["python", "-P", "-m", "service", "health"]
ENTRYPOINT ["python", "-P", "-m", "service"]
CMD ["serve", "--host", "0.0.0.0"]
