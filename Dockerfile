FROM python:3.13-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock README.md LICENSE worker.py ./
COPY kweek kweek
COPY workflows workflows
COPY activities activities
RUN uv venv /opt/kweek \
 && uv pip sync --python /opt/kweek/bin/python --require-hashes requirements.lock \
 && uv pip install --python /opt/kweek/bin/python --no-deps .

FROM python:3.13-slim
RUN useradd --system --create-home kweek
COPY --from=build /opt/kweek /opt/kweek
ENV PATH=/opt/kweek/bin:$PATH PYTHONUNBUFFERED=1
USER kweek
CMD ["kweek", "--help"]
