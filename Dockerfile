FROM python:3.13-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir uv
COPY pyproject.toml requirements.runtime.lock README.md LICENSE worker.py ./
COPY kweek kweek
COPY workflows workflows
COPY activities activities
RUN uv venv /opt/kweek \
 && uv pip sync --python /opt/kweek/bin/python --require-hashes requirements.runtime.lock \
 && uv pip install --python /opt/kweek/bin/python --no-deps .

FROM python:3.13-slim
# a volume that is mounted at /data for the first time takes its owner from here
RUN useradd --system --create-home kweek && install -d -o kweek -g kweek -m 700 /data
COPY --from=build /opt/kweek /opt/kweek
ENV PATH=/opt/kweek/bin:$PATH PYTHONUNBUFFERED=1 KWEEK_DATA=/data KWEEK_WORKSPACE=/workspace
WORKDIR /data
USER kweek
CMD ["kweek", "--help"]
