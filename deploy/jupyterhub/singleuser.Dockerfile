# What people's servers are made from: JupyterLab 4 that reports what is run to Stoa.
# A tag with a date, as in 2026-11-16, stays what it is: docker compose build --build-arg BASE=….
ARG BASE=quay.io/jupyter/base-notebook:latest
FROM ${BASE}

USER root
COPY integrations/ipython /opt/stoa-activity
RUN /opt/conda/bin/python -m pip install --no-cache-dir --no-deps /opt/stoa-activity \
    && install -D -m 644 /opt/stoa-activity/etc/ipython_config.py /etc/ipython/ipython_config.py
USER ${NB_UID}
